// SPDX-License-Identifier: Apache-2.0
/// A module's class, as the host sees it.
#ifndef RADIUS_CPP_MODULE_HPP
#define RADIUS_CPP_MODULE_HPP

#include <radius/plugin.h>
#include <radius/cpp/pending.hpp>
#include <radius/cpp/starter.hpp>
#include <radius/cpp/thread.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

namespace radius {

/// On which threads handlers run: on workers, several at once, where they must not block; on pool threads, several at
/// once; on one thread of the instance's own, one at a time.
enum class Threading : radius_threading_t {
  Concurrent = RADIUS_THREADING_CONCURRENT,
  Blocking = RADIUS_THREADING_BLOCKING,
  Serial = RADIUS_THREADING_SERIAL
};

namespace detail {

/// Defines `has_NAME<P>`: does P have a member of this name?
#define RADIUS_DETAIL_MEMBER(name)        \
  template <class P, class = void>        \
  struct has_##name : std::false_type {}; \
  template <class P>                      \
  struct has_##name<P, std::void_t<decltype(&P::name)>> : std::true_type {};
RADIUS_DETAIL_MEMBER(access)
RADIUS_DETAIL_MEMBER(accounting)
RADIUS_DETAIL_MEMBER(coa)
RADIUS_DETAIL_MEMBER(disconnect)
RADIUS_DETAIL_MEMBER(finish)
RADIUS_DETAIL_MEMBER(start)
RADIUS_DETAIL_MEMBER(stop)
RADIUS_DETAIL_MEMBER(reopen)
RADIUS_DETAIL_MEMBER(cancel)
RADIUS_DETAIL_MEMBER(threading)
#undef RADIUS_DETAIL_MEMBER

/// What the module keeps for each thread; `None` where it keeps nothing.
struct None {};
template <class P, class = void>
struct PartOf {
  using type = None;
};
template <class P>
struct PartOf<P, std::void_t<typename P::Thread>> {
  using type = typename P::Thread;
};

/// What `self` points to: the module's object beside its instance.
template <class P>
struct Holder {
  Holder(const radius_host_v1_t& host, radius_instance_t* handle) : instance(host, handle), plugin(instance) {}
  Instance instance;
  P plugin;
};

/// What `thread_self` points to: the thread, and the module's part of it.
template <class P>
struct ThreadHolder {
  using Part = typename PartOf<P>::type;
  ThreadHolder(const Instance& instance, radius_thread_t* handle) : thread(instance, handle) {}

  radius_status_t make_part(P& plugin) {
    if constexpr (std::is_same_v<Part, None>) {
      static_cast<void>(plugin);
    } else if constexpr (std::is_constructible_v<Part, P&, Thread&, Starter>) {
      part.emplace(plugin, thread, Starter(thread));
      return RADIUS_STARTING;
    } else if constexpr (std::is_constructible_v<Part, P&, Thread&>) {
      part.emplace(plugin, thread);
    } else {
      part.emplace(plugin);
    }
    return RADIUS_OK;
  }

  Thread thread;
  std::optional<Part> part;  // ends first
};

/// The functions of a descriptor. A handler that the module's Thread has is called there, else on the module itself.
template <class P>
class Border {
  using Part = typename PartOf<P>::type;
  static Holder<P>& holder(void* self) { return *static_cast<Holder<P>*>(self); }

  template <class Body>
  static int32_t call(void* self, Body&& body) noexcept {
    Holder<P>& holder = Border::holder(self);
    return guard(&holder.instance.host(), holder.instance.get(), [&]() -> int32_t { return body(holder); });
  }

  static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
    return guard(host, instance, [&] {
      *self = new Holder<P>(*host, instance);
      return RADIUS_OK;
    });
  }
  static void destroy(void* self) { delete &holder(self); }

  static radius_status_t thread_start(void* self, radius_thread_t* handle, void** thread_self) {
    return call(self, [&](Holder<P>& holder) {
      auto made = std::make_unique<ThreadHolder<P>>(holder.instance, handle);
      const radius_status_t status = made->make_part(holder.plugin);
      *thread_self = made.release();
      return status;
    });
  }
  static void thread_stop(void*, void* thread_self) { delete static_cast<ThreadHolder<P>*>(thread_self); }

  /// Calls `body` with the object that has the handler, and the request.
  template <bool is_of_thread, class Body>
  static int32_t handle(void* self, void* thread_self, radius_request_t* request, Body body) {
    return call(self, [&](Holder<P>& holder) -> int32_t {
      auto* thread = static_cast<ThreadHolder<P>*>(thread_self);
      Request view(holder.instance, request, thread == nullptr ? nullptr : &thread->thread);
      if constexpr (is_of_thread) return body(*thread->part, view);
      else return body(holder.plugin, view);
    });
  }
  static radius_verdict_t number(Verdict verdict) { return static_cast<radius_verdict_t>(verdict); }

  static void describe_life(radius_plugin_v1_t& descriptor) {
    descriptor.create = &create;
    descriptor.destroy = &destroy;
    descriptor.thread_start = &thread_start;
    descriptor.thread_stop = &thread_stop;
    if constexpr (has_threading<P>::value)
      descriptor.threading = static_cast<radius_threading_t>(static_cast<Threading>(P::threading));
    if constexpr (has_start<P>::value)
      descriptor.start = [](void* self) -> radius_status_t {
        return call(self, [](Holder<P>& holder) -> int32_t {
          if constexpr (std::is_invocable_v<decltype(&P::start), P&, Starter>)
            return holder.plugin.start(Starter(holder.instance)), RADIUS_STARTING;
          else return holder.plugin.start(), RADIUS_OK;
        });
      };
    if constexpr (has_stop<P>::value)
      descriptor.stop = [](void* self) {
        call(self, [](Holder<P>& holder) { return holder.plugin.stop(), RADIUS_OK; });
      };
    if constexpr (has_reopen<P>::value)
      descriptor.reopen = [](void* self) {
        call(self, [](Holder<P>& holder) { return holder.plugin.reopen(), RADIUS_OK; });
      };
    if constexpr (has_cancel<P>::value)
      descriptor.cancel = [](void* self, radius_token_t token) {
        Holder<P>& holder = Border::holder(self);
        guard_callback(&holder.instance.host(), holder.instance.get(), [&] { holder.plugin.cancel(token); });
      };
  }

  static void describe_handlers(radius_plugin_v1_t& descriptor) {
    if constexpr (has_access<Part>::value || has_access<P>::value)
      descriptor.handle_access = [](void* self, void* thread_self, radius_request_t* request) {
        return handle<has_access<Part>::value>(self, thread_self, request,
                                               [](auto& of, Request& view) { return number(of.access(view)); });
      };
    if constexpr (has_accounting<Part>::value || has_accounting<P>::value)
      descriptor.handle_accounting = [](void* self, void* thread_self, radius_request_t* request) {
        return handle<has_accounting<Part>::value>(self, thread_self, request,
                                                   [](auto& of, Request& view) { return number(of.accounting(view)); });
      };
    if constexpr (has_coa<Part>::value || has_coa<P>::value)
      descriptor.handle_coa = [](void* self, void* thread_self, radius_request_t* request) {
        return handle<has_coa<Part>::value>(self, thread_self, request,
                                            [](auto& of, Request& view) { return number(of.coa(view)); });
      };
    if constexpr (has_disconnect<Part>::value || has_disconnect<P>::value)
      descriptor.handle_disconnect = [](void* self, void* thread_self, radius_request_t* request) {
        return handle<has_disconnect<Part>::value>(self, thread_self, request,
                                                   [](auto& of, Request& view) { return number(of.disconnect(view)); });
      };
    if constexpr (has_finish<Part>::value || has_finish<P>::value)
      descriptor.handle_finish = [](void* self, void* thread_self, radius_request_t* request,
                                    radius_verdict_t verdict) {
        const radius_status_t status = handle<has_finish<Part>::value>(
            self, thread_self, request,
            [=](auto& of, Request& view) { return of.finish(view, static_cast<Verdict>(verdict)), RADIUS_OK; });
        static_cast<void>(status);
      };
  }

 public:
  static radius_plugin_v1_t describe(std::string_view id, std::string_view version, std::string_view description) {
    radius_plugin_v1_t descriptor{};
    descriptor.size = sizeof descriptor;
    descriptor.abi_minor = RADIUS_PLUGIN_ABI_MINOR;
    descriptor.id = to_text(id);
    descriptor.version = to_text(version);
    descriptor.description = to_text(description);
    describe_life(descriptor);
    describe_handlers(descriptor);
    return descriptor;
  }
};

}  // namespace detail
}  // namespace radius

#endif
