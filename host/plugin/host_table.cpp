// SPDX-License-Identifier: Apache-2.0
#include "plugin/host_table.h"

#include "base/version.h"
#include "plugin/explanation.h"
#include "plugin/extensions.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

const void* extension(radius_instance_t* instance, radius_text_t id) {
  bool is_creating = instance != nullptr && static_cast<Instance*>(instance)->is_creating();
  return is_creating ? find_extension(to_view(id)) : nullptr;
}

LaterStatus::Given given(radius_status_t status) {
  bool failed = status != RADIUS_OK;
  return {status, failed ? take_explanation(status) : std::string()};
}

radius_status_t started(radius_instance_t* instance, radius_status_t status) {
  if (instance == nullptr || status > RADIUS_OK) return RADIUS_ERR_INVALID;
  return static_cast<Instance*>(instance)->finish_start(given(status)) ? RADIUS_OK : RADIUS_ERR_STATE;
}

radius_status_t thread_started(radius_thread_t* thread, radius_status_t status) {
  if (thread == nullptr || status > RADIUS_OK) return RADIUS_ERR_INVALID;
  if (thread->id != std::this_thread::get_id()) return RADIUS_ERR_STATE;
  return thread->start.give(given(status)) ? RADIUS_OK : RADIUS_ERR_STATE;
}

}  // namespace

const radius_host_v1_t& host_table() {
  static const radius_host_v1_t table{
      sizeof table,    RADIUS_PLUGIN_ABI_MINOR, to_text("radhost"), to_text(program_version),
      &log_table(),    &system_table(),         &config_table(),    &dictionary_table(),
      &lists_table(),  &requests_table(),       &tokens_table(),    &conversations_table(),
      &timers_table(), guarded<extension>,      guarded<started>,   guarded<thread_started>};
  return table;
}

}  // namespace radhost
