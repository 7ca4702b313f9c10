// SPDX-License-Identifier: Apache-2.0
#include "plugin/guards.h"

#include "plugin/instance.h"

namespace radhost {
namespace {

bool refuse(const Instance* instance, const char* message) {
  if (instance != nullptr) instance->log().error(message, {{"plugin", instance->name()}});
  return false;
}

}  // namespace

bool may_use(radius_request_t* request) {
  if (request == nullptr || request->caller.load() == std::this_thread::get_id() || request->state.is_pinned())
    return true;
  return refuse(request->asked, "a request is used when it is not in the module's hands");
}

bool may_use(const radius_list_t* list) { return list == nullptr || may_use(list->request); }

bool may_use(radius_thread_t* thread) {
  if (thread == nullptr || thread->id == std::this_thread::get_id()) return true;
  return refuse(thread->instance, "a thread's handle is used on another thread");
}

bool may_use(const radius_prebuilt_t* prebuilt) {
  if (prebuilt == nullptr || !prebuilt->is_ended) return true;
  return refuse(prebuilt->instance, "a prebuilt list is used after its end");
}

}  // namespace radhost
