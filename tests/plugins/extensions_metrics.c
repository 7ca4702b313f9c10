/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics: every call with good and bad arguments. */
#include "extensions.h"

#include <stdlib.h>

void check_metrics_in_create(struct plugin* plugin) {
  const radius_metrics_v1_t* metrics = plugin->metrics;
  radius_instance_t* instance = plugin->instance;
  radius_text_t empty = {NULL, 0}, help = text("Things that a test did.");
  const double bounds[] = {0.5, 1, 2.5}, others[] = {0.5, 1}, same[] = {1, 1}, endless[] = {1, strtod("inf", NULL)};
  radius_metric_t metric = 0, second = 0;
  EXPECT(metrics->counter(instance, text("test_events"), help, text("kind=\"a\""), &plugin->counter) == RADIUS_OK);
  EXPECT(metrics->counter(instance, text("test_events_total"), help, text("kind=\"b \\\"\\\\ \\n\",more=\"x\""),
                          &second) == RADIUS_OK);
  EXPECT(second != plugin->counter && second != 0);
  EXPECT(metrics->gauge(instance, text("test_level"), help, empty, &plugin->gauge) == RADIUS_OK);
  EXPECT(metrics->histogram(instance, text("test_sizes"), help, empty, bounds, 3, &plugin->histogram) == RADIUS_OK);
  EXPECT(metrics->counter(NULL, text("x"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("x"), help, empty, NULL) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("Events"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, empty, help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("x"), empty, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("x_count"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("failures_total"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("test_events"), help, text("kind=\"a\""), &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("test_events"), text("Other."), text("kind=\"c\""), &metric) ==
         RADIUS_ERR_INVALID);
  EXPECT(metrics->gauge(instance, text("test_events"), help, text("kind=\"c\""), &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->gauge(instance, text("x_total"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->histogram(instance, text("test_sizes"), help, text("a=\"b\""), others, 2, &metric) ==
         RADIUS_ERR_INVALID);
  EXPECT(metrics->histogram(instance, text("x"), help, empty, NULL, 3, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->histogram(instance, text("x"), help, empty, NULL, 0, &metric) == RADIUS_ERR_RANGE);
  EXPECT(metrics->histogram(instance, text("x"), help, empty, same, 2, &metric) == RADIUS_ERR_RANGE);
  EXPECT(metrics->histogram(instance, text("x"), help, empty, endless, 2, &metric) == RADIUS_ERR_RANGE);
  static const char* const wrong_labels[] = {
      "kind",         "kind=a",    "kind=\"a",  "kind=\"a\",",     "1a=\"b\"",
      "=\"a\"",       "a-b=\"c\"", "a=\"\\t\"", "a=\"b\";c=\"d\"", "a=\"b\",a=\"c\"",
      "plugin=\"x\"", "le=\"1\"",  "__a=\"b\"", "a=\"\xff\xfe\"",  "a=\"b\" , c=\"d\""};
  for (size_t i = 0; i < sizeof wrong_labels / sizeof *wrong_labels; ++i)
    EXPECT(metrics->counter(instance, text("x"), help, text(wrong_labels[i]), &metric) == RADIUS_ERR_INVALID);
  EXPECT(metric == 0);
}

/* What names no metric, or one of another kind, changes nothing. */
void check_metrics(struct plugin* plugin) {
  const radius_metrics_v1_t* metrics = plugin->metrics;
  radius_instance_t* instance = plugin->instance;
  radius_metric_t metric = 0;
  radius_text_t empty = {NULL, 0};
  EXPECT(metrics->counter(instance, text("late"), text("Late."), empty, &metric) == RADIUS_ERR_STATE);
  metrics->add(NULL, plugin->counter, 1000);
  metrics->add(instance, 0, 1000);
  metrics->add(instance, 99999, 1000);
  metrics->add(instance, plugin->gauge, 1000);
  metrics->set(instance, plugin->counter, 1000);
  metrics->observe(instance, plugin->gauge, 1000);
  metrics->observe(instance, plugin->histogram, strtod("nan", NULL));
}
