// SPDX-License-Identifier: Apache-2.0
#include "plugin/host_table.h"

#include "base/version.h"

namespace radhost {
namespace {

const void* extension(radius_instance_t*, radius_text_t) { return nullptr; }
radius_status_t started(radius_instance_t*, radius_status_t) { return RADIUS_ERR_UNSUPPORTED; }
radius_status_t thread_started(radius_thread_t*, radius_status_t) { return RADIUS_ERR_UNSUPPORTED; }

radius_token_t token(radius_request_t*) { return 0; }
radius_request_t* acquire(radius_instance_t*, radius_token_t) { return nullptr; }
radius_status_t complete(radius_instance_t*, radius_token_t, radius_verdict_t, uint32_t) {
  return RADIUS_ERR_UNSUPPORTED;
}
radius_status_t release(radius_instance_t*, radius_token_t) { return RADIUS_ERR_UNSUPPORTED; }

uint32_t conversation_round(radius_request_t*) { return 0; }
void* conversation_data(radius_request_t*) { return nullptr; }
radius_status_t set_conversation_data(radius_request_t*, void*, void (*)(void*)) { return RADIUS_ERR_UNSUPPORTED; }

radius_status_t start_timer(radius_thread_t*, uint64_t, void (*)(void*, radius_timer_t), void*, radius_timer_t*) {
  return RADIUS_ERR_UNSUPPORTED;
}
radius_status_t stop_timer(radius_thread_t*, radius_timer_t) { return RADIUS_ERR_UNSUPPORTED; }

constexpr Unserved unserved_rows[] = {
    {"tokens.token", "returns 0"},
    {"tokens.acquire", "returns NULL"},
    {"tokens.complete", "returns RADIUS_ERR_UNSUPPORTED"},
    {"tokens.release", "returns RADIUS_ERR_UNSUPPORTED"},
    {"conversations.round", "returns 0"},
    {"conversations.data", "returns NULL"},
    {"conversations.set_data", "returns RADIUS_ERR_UNSUPPORTED"},
    {"timers.start", "returns RADIUS_ERR_UNSUPPORTED"},
    {"timers.stop", "returns RADIUS_ERR_UNSUPPORTED"},
    {"host.extension", "returns NULL for every id"},
    {"host.started", "returns RADIUS_ERR_UNSUPPORTED"},
    {"host.thread_started", "returns RADIUS_ERR_UNSUPPORTED"},
    {"RADIUS_STARTING from start or thread_start", "the instance is refused, with the reason"},
    {"RADIUS_THREADING_BLOCKING, RADIUS_THREADING_SERIAL", "the module is refused, with the reason"},
    {"RADIUS_PENDING, RADIUS_OFFLOAD", "count as the handler's failure, with the reason in the log"},
    {"RADIUS_CHALLENGE without a State of the module's own", "goes out without State; no conversation begins"},
    {"descriptor.cancel", "never called"},
    {"request info: deadline_ns", "0: a handler may take as long as it likes"},
};

}  // namespace

std::span<const Unserved> unserved() { return unserved_rows; }

const radius_tokens_v1_t& tokens_table() {
  static constexpr radius_tokens_v1_t table{sizeof table, 0, token, acquire, complete, release};
  return table;
}

const radius_conversations_v1_t& conversations_table() {
  static constexpr radius_conversations_v1_t table{sizeof table, 0, conversation_round, conversation_data,
                                                   set_conversation_data};
  return table;
}

const radius_timers_v1_t& timers_table() {
  static constexpr radius_timers_v1_t table{sizeof table, 0, start_timer, stop_timer};
  return table;
}

const radius_host_v1_t& host_table() {
  static const radius_host_v1_t table{sizeof table,
                                      RADIUS_PLUGIN_ABI_MINOR,
                                      to_text("radhost"),
                                      to_text(program_version),
                                      &log_table(),
                                      &system_table(),
                                      &config_table(),
                                      &dictionary_table(),
                                      &lists_table(),
                                      &requests_table(),
                                      &tokens_table(),
                                      &conversations_table(),
                                      &timers_table(),
                                      extension,
                                      started,
                                      thread_started};
  return table;
}

}  // namespace radhost
