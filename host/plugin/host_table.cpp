// SPDX-License-Identifier: Apache-2.0
#include "plugin/host_table.h"

#include "base/version.h"
#include "plugin/extensions.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

const void* extension(radius_instance_t* instance, radius_text_t id) {
  if (instance == nullptr || !static_cast<Instance*>(instance)->is_creating()) return nullptr;
  return find_extension(to_view(id));
}

radius_status_t started(radius_instance_t*, radius_status_t) { return RADIUS_ERR_UNSUPPORTED; }
radius_status_t thread_started(radius_thread_t*, radius_status_t) { return RADIUS_ERR_UNSUPPORTED; }

constexpr Unserved unserved_rows[] = {
    {"host.extension", "returns NULL for radius.client/1"},
    {"host.started", "returns RADIUS_ERR_UNSUPPORTED"},
    {"host.thread_started", "returns RADIUS_ERR_UNSUPPORTED"},
    {"RADIUS_STARTING from start or thread_start", "the instance is refused, with the reason"},
    {"RADIUS_THREADING_BLOCKING, RADIUS_THREADING_SERIAL", "the module is refused, with the reason"},
};

}  // namespace

std::span<const Unserved> unserved() { return unserved_rows; }

const radius_host_v1_t& host_table() {
  static const radius_host_v1_t table{
      sizeof table,    RADIUS_PLUGIN_ABI_MINOR, to_text("radhost"),  to_text(program_version), &log_table(),
      &system_table(), &config_table(),         &dictionary_table(), &lists_table(),           &requests_table(),
      &tokens_table(), &conversations_table(),  &timers_table(),     guarded<extension>,       started,
      thread_started};
  return table;
}

}  // namespace radhost
