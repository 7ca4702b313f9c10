// SPDX-License-Identifier: Apache-2.0
#include "plugin/extensions.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"
#include "plugin/subrequests.h"

namespace radhost {
namespace {

radius_status_t chain(radius_instance_t* instance, radius_text_t name, radius_chain_t* chain) {
  if (instance == nullptr || chain == nullptr) return RADIUS_ERR_INVALID;
  auto& owner = *static_cast<Instance*>(instance);
  if (!owner.is_creating()) return RADIUS_ERR_STATE;
  *chain = owner.find_chain(to_view(name));
  return *chain == 0 ? RADIUS_ERR_NOT_FOUND : RADIUS_OK;
}

radius_status_t run(radius_thread_t* thread, radius_chain_t chain, radius_request_t* outer,
                    const radius_list_t* attributes, radius_subrequest_callback_t done, void* data) {
  bool is_complete = thread != nullptr && outer != nullptr && attributes != nullptr && done != nullptr;
  if (!is_complete) return RADIUS_ERR_INVALID;
  const std::string* name = thread->instance->chain_name(chain);
  if (name == nullptr) return RADIUS_ERR_INVALID;
  if (thread->subrequests == nullptr) return RADIUS_ERR_STATE;  // a pool thread has none
  return thread->subrequests->run({thread->instance, *name, outer, attributes, done, data});
}

}  // namespace

const radius_subrequest_v1_t& subrequest_table() {
  static constexpr radius_subrequest_v1_t table{sizeof table, 0, guarded<chain>, guarded<run>};
  return table;
}

}  // namespace radhost
