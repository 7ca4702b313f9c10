/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors that are watched: one as the word says, many at once, and every call with good and bad arguments. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "extensions.h"

void never_ready(void* data, radius_watch_t watch, uint32_t events) {
  struct plugin* plugin = data;
  (void)watch, (void)events;
  expect(plugin, 0, "ready, though nothing was watched", __LINE__);
}

void check_fds(struct plugin* plugin, radius_thread_t* thread) {
  const radius_fd_v1_t* fds = plugin->fds;
  radius_watch_t watch = 7;
  int pair[2], file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  EXPECT(pipe2(pair, O_CLOEXEC) == 0);
  EXPECT(fds->watch(NULL, pair[0], RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, pair[0], RADIUS_FD_READABLE, NULL, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, -1, RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, 1000000, RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, file, RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, pair[0], 0, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, pair[0], 8, never_ready, plugin, &watch) == RADIUS_ERR_INVALID && watch == 0);
  EXPECT(fds->watch(thread, pair[0], RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_OK && watch != 0);
  EXPECT(fds->change(NULL, watch, RADIUS_FD_CLOSED) == RADIUS_ERR_INVALID);
  EXPECT(fds->change(thread, watch, 0) == RADIUS_ERR_INVALID);
  EXPECT(fds->change(thread, watch, 16) == RADIUS_ERR_INVALID);
  EXPECT(fds->change(thread, watch + 1, RADIUS_FD_CLOSED) == RADIUS_ERR_GONE);
  EXPECT(fds->change(thread, 0, RADIUS_FD_CLOSED) == RADIUS_ERR_GONE);
  EXPECT(fds->change(thread, watch, RADIUS_FD_READABLE | RADIUS_FD_CLOSED) == RADIUS_OK);
  EXPECT(fds->unwatch(NULL, watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->unwatch(thread, watch + 1) == RADIUS_ERR_GONE);
  EXPECT(fds->unwatch(thread, watch) == RADIUS_OK);
  EXPECT(fds->unwatch(thread, watch) == RADIUS_ERR_GONE);
  EXPECT(fds->change(thread, watch, RADIUS_FD_CLOSED) == RADIUS_ERR_GONE);
  close(pair[0]);
  close(pair[1]);
  close(file);
}

static void ready(void* data, radius_watch_t watch, uint32_t events) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  char message[64], octets[16];
  int error = 0;
  EXPECT(watch == wait->watch);
  ssize_t count = read(wait->fds[0], octets, sizeof octets);
  if (count < 0) error = errno;
  EXPECT(plugin->fds->unwatch(wait->thread, watch) == RADIUS_OK);
  snprintf(message, sizeof message, "events %u, read %d, error %d", events, (int)count, error);
  finish(wait, message, RADIUS_ACCEPT);
}

static void write_one(void* data, radius_timer_t timer, radius_status_t status) {
  struct wait* wait = data;
  (void)timer;
  if (status != RADIUS_OK) return;
  if (write(wait->fds[1], "!", 1) != 1) abort();
}

static void close_other(void* data, radius_timer_t timer, radius_status_t status) {
  struct wait* wait = data;
  (void)timer;
  if (status != RADIUS_OK) return;
  close(wait->fds[1]);
  wait->fds[1] = -1;
}

static void end_closed(void* data, radius_timer_t timer, radius_status_t status) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  (void)timer;
  if (status != RADIUS_OK) return;
  EXPECT(plugin->fds->unwatch(wait->thread, wait->watch) == RADIUS_OK);
  finish(wait, "unwatched", RADIUS_ACCEPT);
}

static void ignore_ready(void* data, radius_watch_t watch, uint32_t events) { (void)data, (void)watch, (void)events; }

/* A socket whose peer has reset the connection. */
static int make_reset(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  socklen_t size = sizeof address;
  int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listening, (struct sockaddr*)&address, size) != 0 || listen(listening, 1) != 0) abort();
  getsockname(listening, (struct sockaddr*)&address, &size);
  if (connect(made, (struct sockaddr*)&address, size) != 0) abort();
  int accepted = accept(listening, NULL, NULL);
  setsockopt(accepted, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(accepted);
  close(listening);
  return made;
}

radius_verdict_t use_fds(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request, const char* word) {
  struct wait* wait = begin_wait(plugin, thread, request);
  const radius_timers_v1_t* timers = plugin->host->timers;
  uint32_t events = strcmp(word, "peer") == 0 ? RADIUS_FD_CLOSED : RADIUS_FD_READABLE;
  int is_reset = strcmp(word, "reset") == 0;
  int made = is_reset ? 0 : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, wait->fds);
  EXPECT(made == 0);
  if (is_reset) wait->fds[0] = make_reset();
  void (*call)(void*, radius_watch_t, uint32_t) =
      strcmp(word, "leak") == 0 || strcmp(word, "closes") == 0 ? ignore_ready : ready;
  EXPECT(plugin->fds->watch(thread, wait->fds[0], events, call, wait, &wait->watch) == RADIUS_OK);
  if (strcmp(word, "pipe") == 0) EXPECT(timers->start(thread, 20, write_one, wait, NULL) == RADIUS_OK);
  if (strcmp(word, "peer") == 0) EXPECT(timers->start(thread, 20, close_other, wait, NULL) == RADIUS_OK);
  if (strcmp(word, "change") == 0) EXPECT(plugin->fds->change(thread, wait->watch, RADIUS_FD_WRITABLE) == RADIUS_OK);
  if (strcmp(word, "closes") == 0) {  // though it is watched
    close(wait->fds[0]);
    close(wait->fds[1]);
    wait->fds[0] = wait->fds[1] = -1;
    EXPECT(plugin->fds->change(thread, wait->watch, RADIUS_FD_READABLE) == RADIUS_OK);
    EXPECT(timers->start(thread, 50, end_closed, wait, NULL) == RADIUS_OK);
  }
  if (strcmp(word, "leak") == 0) {
    wait->fds[1] = -1;  // stays open, so that the other end is never ready
    finish(wait, "left", RADIUS_ACCEPT);
  }
  return RADIUS_PENDING;
}

radius_verdict_t watch_many(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request, int count) {
  radius_watch_t* watches = calloc((size_t)count, sizeof *watches);
  radius_status_t status = RADIUS_OK;
  int pair[2], begun = 0;
  char message[64];
  EXPECT(pipe2(pair, O_CLOEXEC) == 0);
  for (; begun < count && status == RADIUS_OK; ++begun)
    status = plugin->fds->watch(thread, pair[0], RADIUS_FD_READABLE, never_ready, plugin, &watches[begun]);
  if (status != RADIUS_OK) --begun;
  for (int i = 0; i < begun; ++i) EXPECT(plugin->fds->unwatch(thread, watches[i]) == RADIUS_OK);
  close(pair[0]);
  close(pair[1]);
  free(watches);
  snprintf(message, sizeof message, "began %d then %d", begun, status);
  finish(begin_wait(plugin, thread, request), message, RADIUS_ACCEPT);
  return RADIUS_PENDING;
}
