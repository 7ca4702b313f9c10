/* SPDX-License-Identifier: Apache-2.0 */
/* The store: one operation as the words say, many at once, and every call with good and bad arguments. */
#define _GNU_SOURCE
#include "extensions.h"

#include <stdlib.h>

static _Thread_local int inside; /* of a call of the host's, which must not call back */

static void answered(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  char message[128];
  EXPECT(inside == 0);
  if (status != RADIUS_OK && status != RADIUS_ERR_STATE) EXPECT(octets == NULL && length == 0);
  if (octets == NULL) snprintf(message, sizeof message, "%d", status);
  else snprintf(message, sizeof message, "%d %.*s", status, (int)(length > 64 ? 64 : length), (const char*)octets);
  finish(wait, message, RADIUS_ACCEPT);
}

static radius_status_t ask(struct plugin* plugin, radius_thread_t* thread, const char* op, const char* key,
                           const char* value, uint64_t ttl_ms, radius_store_callback_t done, void* data) {
  const radius_store_v1_t* store = plugin->store;
  const uint8_t* octets = (const uint8_t*)value;
  radius_status_t status = RADIUS_ERR_INVALID;
  ++inside;
  if (strcmp(op, "get") == 0) status = store->get(thread, text(key), done, data);
  if (strcmp(op, "take") == 0) status = store->take(thread, text(key), done, data);
  if (strcmp(op, "put") == 0) status = store->put(thread, text(key), octets, strlen(value), ttl_ms, done, data);
  if (strcmp(op, "put-new") == 0) status = store->put_new(thread, text(key), octets, strlen(value), ttl_ms, done, data);
  --inside;
  return status;
}

/* VALUE may be "xN": N times x. */
static char* make_value(const char* word) {
  size_t size = word[0] == 'x' && word[1] != 0 ? strtoul(word + 1, NULL, 10) : 0;
  if (size == 0) return strdup(word);
  char* value = malloc(size + 1);
  memset(value, 'x', size);
  value[size] = 0;
  return value;
}

radius_verdict_t use_store(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request,
                           const char* words) {
  char op[16] = "", key[64] = "", word[64] = "";
  unsigned long ttl_ms = 60000;
  sscanf(words, "%15s %63s %63s %lu", op, key, word, &ttl_ms);
  struct wait* wait = begin_wait(plugin, thread, request);
  char* value = make_value(word);
  radius_status_t status = ask(plugin, thread, op, key, value, ttl_ms, answered, wait);
  free(value);
  if (status == RADIUS_OK) return RADIUS_PENDING;
  char message[32];
  snprintf(message, sizeof message, "call %d", status);
  finish(wait, message, RADIUS_ACCEPT);
  return RADIUS_PENDING;
}

static void burst_answered(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct wait* wait = data;
  char message[64];
  (void)status, (void)octets, (void)length;
  if (--wait->step > 0) return;
  snprintf(message, sizeof message, "began %d then %d", wait->begun, wait->last);
  finish(wait, message, RADIUS_ACCEPT);
}

radius_verdict_t burst(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request, int count) {
  struct wait* wait = begin_wait(plugin, thread, request);
  for (; wait->begun < count; ++wait->begun) {
    wait->last = ask(plugin, thread, "get", "burst", "", 0, burst_answered, wait);
    if (wait->last != RADIUS_OK) break;
    ++wait->step;
  }
  return RADIUS_PENDING;
}

/* One operation after the other, each from the callback of the one before. */
void check_store(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  static const struct {
    const char *op, *key, *value;
    radius_status_t status;
    const char* found;
  } steps[] = {{"take", "check", "", RADIUS_ERR_NOT_FOUND, NULL},
               {"put", "check", "one", RADIUS_OK, NULL},
               {"get", "check", "", RADIUS_OK, "one"},
               {"put-new", "check", "two", RADIUS_ERR_STATE, "one"},
               {"put", "check", "three", RADIUS_OK, NULL},
               {"get", "check", "", RADIUS_OK, "three"},
               {"take", "check", "", RADIUS_OK, "three"},
               {"get", "check", "", RADIUS_ERR_NOT_FOUND, NULL},
               {"put-new", "check", "", RADIUS_OK, NULL},
               {"take", "check", "", RADIUS_OK, ""},
               {"take", "check", "", RADIUS_ERR_NOT_FOUND, NULL}};
  enum {
    step_count = sizeof steps / sizeof *steps
  };
  EXPECT(inside == 0);
  if (wait->step > 0) {
    const char* found = steps[wait->step - 1].found;
    EXPECT(status == steps[wait->step - 1].status);
    EXPECT(found == NULL ? octets == NULL && length == 0
                         : octets != NULL && length == strlen(found) && memcmp(octets, found, length) == 0);
  }
  if (wait->step == step_count) {
    finish(wait, plugin->failures == 0 ? "well" : "ill", plugin->failures == 0 ? RADIUS_ACCEPT : RADIUS_REJECT);
    return;
  }
  int step = wait->step++;
  EXPECT(ask(plugin, wait->thread, steps[step].op, steps[step].key, steps[step].value, 60000, check_store, wait) ==
         RADIUS_OK);
}

void never(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct plugin* plugin = data;
  (void)status, (void)octets, (void)length;
  expect(plugin, 0, "called back for a call that failed", __LINE__);
}

void check_store_refusals(struct plugin* plugin, radius_thread_t* thread) {
  const radius_store_v1_t* store = plugin->store;
  const uint8_t octets[1] = {7};
  static char long_key[1025];
  memset(long_key, 'k', sizeof long_key);
  radius_text_t too_long = {long_key, sizeof long_key}, none = {NULL, 5}, empty = {"", 0};
  EXPECT(store->get(NULL, text("k"), never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->get(thread, none, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->get(thread, empty, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->get(thread, text("k"), NULL, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->get(thread, too_long, never, plugin) == RADIUS_ERR_RANGE);
  EXPECT(store->take(NULL, text("k"), never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->take(thread, text("k"), NULL, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->put(NULL, text("k"), octets, 1, 1, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->put(thread, text("k"), NULL, 1, 1, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->put(thread, text("k"), octets, 1, 0, never, plugin) == RADIUS_ERR_RANGE);
  EXPECT(store->put_new(NULL, text("k"), octets, 1, 1, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->put_new(thread, too_long, octets, 1, 1, never, plugin) == RADIUS_ERR_RANGE);
  EXPECT(store->put_new(thread, text("k"), octets, 1, 0, never, plugin) == RADIUS_ERR_RANGE);
}
