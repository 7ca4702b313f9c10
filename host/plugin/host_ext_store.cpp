// SPDX-License-Identifier: Apache-2.0
#include "plugin/extensions.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

/// What is asked for, in order: may this be?
radius_status_t may_ask(const radius_thread_t* thread, radius_text_t key, radius_store_callback_t done) {
  bool is_there = thread != nullptr && key.data != nullptr && key.length > 0 && done != nullptr;
  if (!is_there) return RADIUS_ERR_INVALID;
  if (key.length > Store::key_max) return RADIUS_ERR_RANGE;
  return thread->store == nullptr ? RADIUS_ERR_STATE : thread->store->is_ready();
}

radius_status_t may_put(const radius_thread_t* thread, radius_text_t key, const uint8_t* octets, uint64_t length,
                        uint64_t ttl_ms, radius_store_callback_t done) {
  if (octets == nullptr && length > 0) return RADIUS_ERR_INVALID;
  radius_status_t status = may_ask(thread, key, done);
  return status == RADIUS_OK && ttl_ms == 0 ? RADIUS_ERR_RANGE : status;
}

Octets key_octets(radius_text_t key) { return octets_of(to_view(key)); }

radius_status_t get(radius_thread_t* thread, radius_text_t key, radius_store_callback_t done, void* data) {
  radius_status_t status = may_ask(thread, key, done);
  if (status == RADIUS_OK) thread->store->get(key_octets(key), done, data);
  return status;
}

radius_status_t put(radius_thread_t* thread, radius_text_t key, const uint8_t* octets, uint64_t length, uint64_t ttl_ms,
                    radius_store_callback_t done, void* data) {
  radius_status_t status = may_put(thread, key, octets, length, ttl_ms, done);
  if (status == RADIUS_OK)
    thread->store->put(key_octets(key), {octets, static_cast<size_t>(length)}, ttl_ms, done, data);
  return status;
}

radius_status_t put_new(radius_thread_t* thread, radius_text_t key, const uint8_t* octets, uint64_t length,
                        uint64_t ttl_ms, radius_store_callback_t done, void* data) {
  radius_status_t status = may_put(thread, key, octets, length, ttl_ms, done);
  if (status == RADIUS_OK)
    thread->store->put_new(key_octets(key), {octets, static_cast<size_t>(length)}, ttl_ms, done, data);
  return status;
}

radius_status_t take(radius_thread_t* thread, radius_text_t key, radius_store_callback_t done, void* data) {
  radius_status_t status = may_ask(thread, key, done);
  if (status == RADIUS_OK) thread->store->take(key_octets(key), done, data);
  return status;
}

}  // namespace

const radius_store_v1_t& store_table() {
  static constexpr radius_store_v1_t table{sizeof table, 0, guarded<get>, guarded<put>, guarded<put_new>,
                                           guarded<take>};
  return table;
}

}  // namespace radhost
