// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/abi.h>
#include <radius/list.h>

#include <cstdint>

namespace radhost {

/// Guard rails for those who develop modules: on in debug builds (RADHOST_GUARDS in CMake). What a module uses at the
/// wrong time or on the wrong thread is named in the log, and refused.
#ifdef RADHOST_GUARDS
inline constexpr bool has_guards = true;
#else
inline constexpr bool has_guards = false;
#endif

// May the module use this now, on this thread? If not, the log names the module.

/// [handler]: while its handler runs, on the handler's thread; else between acquire and complete or release.
bool may_use(radius_request_t* request);
/// The same of a request's lists.
bool may_use(const radius_list_t* list);
inline bool may_use(radius_list_t* list) { return may_use(static_cast<const radius_list_t*>(list)); }
/// [worker]
bool may_use(radius_thread_t* thread);
/// Until its end.
bool may_use(const radius_prebuilt_t* prebuilt);
/// Anything else may be used at any time.
template <class T>
bool may_use(const T&) {
  return true;
}

}  // namespace radhost
