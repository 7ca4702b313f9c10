/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of extensions.c share. */
#ifndef RADHOST_TEST_EXTENSIONS_H
#define RADHOST_TEST_EXTENSIONS_H

#include <radius/ext/fd.h>
#include <radius/ext/metrics.h>
#include <radius/ext/store.h>
#include <radius/plugin.h>
#include <stdio.h>
#include <string.h>

struct plugin {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  const radius_store_v1_t* store;
  const radius_metrics_v1_t* metrics;
  const radius_fd_v1_t* fds;
  radius_attr_t user_name, reply_message;
  radius_metric_t counter, gauge, histogram;
  _Atomic int failures;
};

/* A request that waits for an answer. */
struct wait {
  struct plugin* plugin;
  radius_thread_t* thread;
  radius_token_t token;
  radius_watch_t watch;
  int fds[2];
  int step; /* of "check"; of "burst", how many answers are to come */
  int begun;
  radius_status_t last;
};

static inline radius_text_t text(const char* terminated) {
  radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static inline void expect(struct plugin* plugin, int holds, const char* what, int line) {
  char message[256];
  if (holds) return;
  ++plugin->failures;
  snprintf(message, sizeof message, "line %d: %s", line, what);
  plugin->host->log->write(plugin->instance, RADIUS_ERROR, text(message));
}
#define EXPECT(condition) expect(plugin, (condition), #condition, __LINE__)

/* Begins what answers the request later. */
struct wait* begin_wait(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request);
/* Answers it with a Reply-Message, and ends what waits. */
void finish(struct wait* wait, const char* message, radius_verdict_t verdict);

/* The store: extensions_store.c. */
radius_verdict_t use_store(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request,
                           const char* words);
radius_verdict_t burst(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request, int count);
void check_store(void* data, radius_status_t status, const uint8_t* octets, uint64_t length);
void check_store_refusals(struct plugin* plugin, radius_thread_t* thread);
void never(void* data, radius_status_t status, const uint8_t* octets, uint64_t length);

/* Metrics: extensions_metrics.c. */
void check_metrics_in_create(struct plugin* plugin);
void check_metrics(struct plugin* plugin);

/* Descriptors: extensions_fd.c. */
void check_fds(struct plugin* plugin, radius_thread_t* thread);
radius_verdict_t use_fds(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request, const char* word);
radius_verdict_t watch_many(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request, int count);
void never_ready(void* data, radius_watch_t watch, uint32_t events);

#endif
