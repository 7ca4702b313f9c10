/* SPDX-License-Identifier: Apache-2.0 */
/**
 * "radius.metrics/1": counters, gauges and histograms of a module, beside the host's own at /metrics.
 *
 * Each sample carries the label `plugin`, the instance's name. A metric ends with its instance. One name means one thing:
 * several metrics may share it if their kinds, helps and bounds are the same and their labels are not. Declaring what may
 * not be is RADIUS_ERR_INVALID (RADIUS_ERR_RANGE for bounds, RADIUS_ERR_LIMIT for too many), and explained.
 */
#ifndef RADIUS_EXT_METRICS_H
#define RADIUS_EXT_METRICS_H

#include <radius/abi.h>

#define RADIUS_EXT_METRICS "radius.metrics/1"

RADIUS_BEGIN_DECLARATIONS

/** A metric's number within its instance. 0 is none. */
typedef uint32_t radius_metric_t;

typedef struct radius_metrics_v1 {
  uint32_t size;
  uint32_t reserved;

  /**
   * Declares a metric; `name` is [a-z_]+ and gets the prefix `radhost_plugin_`, a counter's also the ending `_total`
   * unless it has it. `help` is a line of text. `labels` is empty or `key="value",…`, fixed for this metric; \\, \" and
   * \n as Prometheus writes them. `bounds`: 1 to 64 finite numbers, each greater than the one before. [create]
   */
  radius_status_t (*counter)(radius_instance_t *instance, radius_text_t name, radius_text_t help, radius_text_t labels,
                             radius_metric_t *metric);
  radius_status_t (*gauge)(radius_instance_t *instance, radius_text_t name, radius_text_t help, radius_text_t labels,
                           radius_metric_t *metric);
  radius_status_t (*histogram)(radius_instance_t *instance, radius_text_t name, radius_text_t help,
                               radius_text_t labels, const double *bounds, uint32_t bound_count,
                               radius_metric_t *metric);

  /** Counts; sets a gauge; notes an observation. Never blocks; does nothing to a metric of another kind. [any-thread] */
  void (*add)(radius_instance_t *instance, radius_metric_t metric, uint64_t amount);
  void (*set)(radius_instance_t *instance, radius_metric_t metric, double value);
  void (*observe)(radius_instance_t *instance, radius_metric_t metric, double value);
} radius_metrics_v1_t;
RADIUS_PIN_SIZE(radius_metrics_v1_t, 56);
RADIUS_PIN_OFFSET(radius_metrics_v1_t, observe, 48);

RADIUS_END_DECLARATIONS

#endif
