// SPDX-License-Identifier: Apache-2.0
/// Says on which thread it was called, and what that thread was told before. One module for each threading model, by
/// the definition THREADING. Its table:
///
///     start_ms = 50               `start` finishes so much later, from a thread of its own
///     start_error = "why"         … with an error
///     thread_ms = 50              `thread_start` finishes so much later, by a timer
///     thread_error = "why"        … with an error
///     failing_from = 2            the second thread_start fails, and all after it
///     finish_ms = 50              `handle_finish` takes so long
///     offload = true              wants a pool thread
///     leaves_group = true         `handle_finish` leaves a group open
///
/// The User-Name says how many milliseconds the handler takes.
#include <radius/plugin.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace {

void sleep_ms(int64_t milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

struct Module;

/// What thread_start leaves on a thread.
struct Part {
  Module* module;
  radius_thread_t* thread;
  std::thread::id id = std::this_thread::get_id();
};

struct Module {
  Module(const radius_host_v1_t& table, radius_instance_t* handle)
      : instance(table, handle),
        host(table),
        user_name(instance.attribute("User-Name")),
        group(instance.attribute("Vendor-Specific.Cisco")),
        start_ms(instance.integer("start_ms").value_or(0)),
        start_error(instance.text("start_error").value_or("")),
        thread_ms(instance.integer("thread_ms").value_or(0)),
        thread_error(instance.text("thread_error").value_or("")),
        failing_from(instance.integer("failing_from").value_or(1000)),
        finish_ms(instance.integer("finish_ms").value_or(0)),
        offload(instance.boolean("offload").value_or(false)),
        leaves_group(instance.boolean("leaves_group").value_or(false)) {}

  radius_status_t start() {
    log_lifecycle("start");
    if (start_ms == 0) return RADIUS_OK;
    starting = std::thread([this] {
      sleep_ms(start_ms);
      explain(start_error);
      log("started " + std::to_string(host.started(instance.get(), status_of(start_error))));
    });
    return RADIUS_STARTING;
  }
  void stop() {
    if (starting.joinable()) starting.join();
    log_lifecycle("stop");
  }

  radius_status_t thread_start(radius_thread_t* thread, void** result) {
    int64_t number = ++threads;
    log("thread_start");
    if (number >= failing_from) {
      explain("only " + std::to_string(failing_from - 1) + " threads are to be had");
      return RADIUS_ERR_LIMIT;
    }
    auto part = std::make_unique<Part>(Part{this, thread});
    if (thread_ms != 0) {
      auto expired = [](void* data, radius_timer_t) {
        auto& begun = *static_cast<Part*>(data);
        begun.module->thread_expired(begun);
      };
      radius_timer_t timer = 0;
      radius_status_t status =
          host.timers->start(thread, static_cast<uint64_t>(thread_ms), expired, part.get(), &timer);
      log("timer " + std::to_string(status));
      // A pool thread has no timers, and nobody to wait for.
      if (status != RADIUS_OK) {
        explain(thread_error);
        host.thread_started(thread, status_of(thread_error));
      }
    }
    *result = part.release();
    return thread_ms == 0 ? radius_status_t{RADIUS_OK} : radius_status_t{RADIUS_STARTING};
  }
  void thread_expired(Part& part) {
    explain(thread_error);
    radius_status_t elsewhere = RADIUS_OK;
    std::thread([&] { elsewhere = host.thread_started(part.thread, RADIUS_OK); }).join();
    radius_status_t here = host.thread_started(part.thread, status_of(thread_error));
    radius_status_t again = host.thread_started(part.thread, RADIUS_OK);
    log("thread_started " + std::to_string(elsewhere) + " " + std::to_string(here) + " " + std::to_string(again));
  }
  void thread_stop(void* part) {
    log(static_cast<Part*>(part)->id == std::this_thread::get_id() ? "thread_stop" : "thread_stop ELSEWHERE");
    delete static_cast<Part*>(part);
  }

  radius_verdict_t handle(void* part, radius_request_t* handed) {
    radius::Request request(host, handed);
    bool is_offloaded = (request.info().flags & RADIUS_REQUEST_OFFLOADED) != 0;
    if (offload && !is_offloaded) return RADIUS_OFFLOAD;
    int64_t at_once = ++running;
    for (int64_t most = most_at_once; at_once > most && !most_at_once.compare_exchange_weak(most, at_once);) {
    }
    sleep_ms(std::stol(std::string(request.request().find(user_name)->text())));
    --running;
    bool own = static_cast<Part*>(part)->id == std::this_thread::get_id();
    request.reply().add("Reply-Message", std::string(own ? "own" : "foreign") + (is_offloaded ? " pool" : " worker") +
                                             " thread, " + std::to_string(most_at_once) + " at once");
    return RADIUS_ACCEPT;
  }

  void finish(void* part, radius_request_t* handed, radius_verdict_t verdict) {
    radius::Request request(host, handed);
    sleep_ms(finish_ms);
    bool own = static_cast<Part*>(part)->id == std::this_thread::get_id();
    radius_token_t token = host.tokens->token(handed);
    request.reply().add("Reply-Message", std::string(own ? "own" : "foreign") + " thread finishes " +
                                             std::to_string(verdict) + ", token " + std::to_string(token));
    log("finish " + std::to_string(verdict));
    if (leaves_group) host.lists->begin_group(host.requests->list(handed, RADIUS_LIST_REPLY), group);
  }

  static radius_status_t status_of(const std::string& error) { return error.empty() ? RADIUS_OK : RADIUS_ERR_IO; }
  void explain(const std::string& why) const {
    if (!why.empty()) host.log->explain(instance.get(), radius::to_text(why));
  }
  /// Of a step that belongs on the thread that made the instance.
  void log_lifecycle(const std::string& event) const {
    log(std::this_thread::get_id() == lifecycle ? event : event + " ELSEWHERE");
  }
  void log(const std::string& event) const { instance.log(radius::Level::Info, event); }

  std::thread::id lifecycle = std::this_thread::get_id();
  radius::Instance instance;
  const radius_host_v1_t& host;
  radius_attr_t user_name;
  radius_attr_t group;
  int64_t start_ms;
  std::string start_error;
  int64_t thread_ms;
  std::string thread_error;
  int64_t failing_from;
  int64_t finish_ms;
  bool offload;
  bool leaves_group;
  std::thread starting;
  std::atomic<int64_t> threads{0};
  std::atomic<int64_t> running{0};
  std::atomic<int64_t> most_at_once{0};
};

Module& module_of(void* self) { return *static_cast<Module*>(self); }

template <class Body>
int32_t guard(void* self, Body&& body) {
  Module& module = module_of(self);
  return radius::detail::guard(&module.host, module.instance.get(), std::forward<Body>(body));
}

radius_plugin_v1_t describe() {
  radius_plugin_v1_t descriptor{};
  descriptor.size = sizeof descriptor;
  descriptor.abi_minor = RADIUS_PLUGIN_ABI_MINOR;
  descriptor.threading = THREADING;
  descriptor.create = [](const radius_host_v1_t* host, radius_instance_t* instance, void** self) -> radius_status_t {
    return radius::detail::guard(host, instance, [&] {
      *self = new Module(*host, instance);
      return RADIUS_OK;
    });
  };
  descriptor.destroy = [](void* self) {
    module_of(self).log_lifecycle("destroy");
    delete &module_of(self);
  };
  descriptor.reopen = [](void* self) { module_of(self).log_lifecycle("reopen"); };
  descriptor.start = [](void* self) -> radius_status_t { return guard(self, [&] { return module_of(self).start(); }); };
  descriptor.stop = [](void* self) { module_of(self).stop(); };
  descriptor.thread_start = [](void* self, radius_thread_t* thread, void** part) -> radius_status_t {
    return guard(self, [&] { return module_of(self).thread_start(thread, part); });
  };
  descriptor.thread_stop = [](void* self, void* part) { module_of(self).thread_stop(part); };
  descriptor.handle_access = [](void* self, void* part, radius_request_t* request) -> radius_verdict_t {
    return guard(self, [&] { return module_of(self).handle(part, request); });
  };
  descriptor.handle_finish = [](void* self, void* part, radius_request_t* request, radius_verdict_t verdict) {
    guard(self, [&] { return module_of(self).finish(part, request, verdict), RADIUS_OK; });
  };
  return descriptor;
}

}  // namespace

RADIUS_NOTE("org.radhost.test.threads", "1.0.0", 0);
extern "C" RADIUS_EXPORT const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = describe();
  return &descriptor;
}
