// SPDX-License-Identifier: Apache-2.0
/// Modules whose handlers need something of each thread's own: buffers, contexts of a library.
///
///     class Example {
///      public:
///       explicit Example(radius::Instance&);
///       class Worker {
///        public:
///         explicit Worker(Example&);
///         radius::Verdict access(radius::Request&);  // or accounting, coa, disconnect
///       };
///     };
///
/// A Worker lives on one thread and is called on no other; the Example is shared by all of them. Its own
/// `start()`, `stop()` and `reopen()` work as plugin.hpp says.
#pragma once

#include <radius/plugin.hpp>
#include <string_view>
#include <utility>

namespace radhost {

template <class Plugin>
class Threaded {
  using Border = radius::detail::Border<Plugin>;
  using Worker = typename Plugin::Worker;

  static radius_status_t thread_start(void* self, radius_thread_t*, void** thread_self) {
    return Border::call(self, [&](auto& holder) {
      *thread_self = new Worker(holder.plugin);
      return RADIUS_OK;
    });
  }
  static void thread_stop(void*, void* thread_self) { delete static_cast<Worker*>(thread_self); }

  template <radius::Verdict (Worker::*handler)(radius::Request&)>
  static radius_verdict_t handle(void* self, void* thread_self, radius_request_t* request) {
    return Border::call(self, [&](auto& holder) {
      radius::Request view(holder.instance.host(), request);
      return static_cast<radius_verdict_t>((static_cast<Worker*>(thread_self)->*handler)(view));
    });
  }

 public:
  static radius_plugin_v1_t describe(std::string_view id, std::string_view version, std::string_view description) {
    radius_plugin_v1_t descriptor = Border::describe(id, version, description);
    descriptor.thread_start = &thread_start;
    descriptor.thread_stop = &thread_stop;
    if constexpr (radius::detail::has_access<Worker>::value) descriptor.handle_access = &handle<&Worker::access>;
    if constexpr (radius::detail::has_accounting<Worker>::value)
      descriptor.handle_accounting = &handle<&Worker::accounting>;
    if constexpr (radius::detail::has_coa<Worker>::value) descriptor.handle_coa = &handle<&Worker::coa>;
    if constexpr (radius::detail::has_disconnect<Worker>::value)
      descriptor.handle_disconnect = &handle<&Worker::disconnect>;
    return descriptor;
  }
};

}  // namespace radhost

/// Makes `Class` the module, as RADIUS_PLUGIN does. Use it once, outside any namespace.
#define RADHOST_THREADED_PLUGIN(Class, id, version, description)                                               \
  RADIUS_NOTE(id, version, 0);                                                                                 \
  extern "C" RADIUS_EXPORT const radius_plugin_v1_t* radius_plugin_v1(void) {                                  \
    static const radius_plugin_v1_t descriptor = radhost::Threaded<Class>::describe(id, version, description); \
    return &descriptor;                                                                                        \
  }
