// SPDX-License-Identifier: Apache-2.0
/// The C++ veneer over radius_plugin_v1: header-only, C++17. Exceptions end at the border, where they become
/// the error a C function would have returned.
///
///     class Hello {
///      public:
///       explicit Hello(radius::Instance&) {}
///       radius::Verdict access(radius::Request& request) {
///         request.reply().add("Reply-Message", "hello");
///         return radius::Verdict::Accept;
///       }
///     };
///     RADIUS_PLUGIN(Hello, "org.example.hello", "1.0.0", "says hello")
///
/// The class has any of these, each where it needs it:
///
///     Verdict access(Request&), accounting(Request&), coa(Request&), disconnect(Request&)
///     void finish(Request&, Verdict)          when a request that it saw has its verdict
///     void start(), or start(Starter)         which finishes later
///     void stop(), reopen()
///     void cancel(radius_token_t)             the deadline of a request that it answers later has passed
///     static constexpr auto threading = radius::Threading::Blocking    or Serial
///     class Thread                            one for each thread that calls it, made from (Module&),
///                                             (Module&, radius::Thread&) or (Module&, radius::Thread&, Starter), which
///                                             finishes later; it may have the handlers and `finish`
///
/// One concept a header: see cpp/.
#ifndef RADIUS_PLUGIN_HPP
#define RADIUS_PLUGIN_HPP

#include <radius/plugin.h>
#include <radius/cpp/chain.hpp>
#include <radius/cpp/config.hpp>
#include <radius/cpp/metrics.hpp>
#include <radius/cpp/module.hpp>
#include <radius/cpp/own_list.hpp>
#include <radius/cpp/pool.hpp>
#include <radius/cpp/store.hpp>
#include <radius/cpp/timer.hpp>
#include <radius/cpp/watch.hpp>

/// Makes `Class` the module: the exported function and the note. Use it once, outside any namespace.
#define RADIUS_PLUGIN(Class, id, version, description)                                                              \
  RADIUS_NOTE(id, version, 0);                                                                                      \
  extern "C" RADIUS_EXPORT const radius_plugin_v1_t* radius_plugin_v1(void) {                                       \
    static const radius_plugin_v1_t descriptor = radius::detail::Border<Class>::describe(id, version, description); \
    return &descriptor;                                                                                             \
  }

#endif
