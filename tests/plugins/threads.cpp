// SPDX-License-Identifier: Apache-2.0
/// Says on which thread it was called, and what that thread was told before. One module for each threading model, by
/// the definition THREADING. Its table:
///
///     start_ms = 50               `start` finishes so much later, from a thread of its own
///     start_error = "why"         … with an error
///     begin_ms = 50               `thread_start` takes so long
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
#include <thread>

namespace {

void sleep_ms(int64_t milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

class Module {
 public:
  static constexpr auto threading = static_cast<radius::Threading>(THREADING);

  explicit Module(radius::Instance& given)
      : instance(given),
        user_name(instance.attribute<std::string_view>("User-Name")),
        group(instance.attribute<radius::Tlv>("Vendor-Specific.Cisco")),
        start_ms(instance.integer("start_ms").value_or(0)),
        start_error(instance.text("start_error").value_or("")),
        begin_ms(instance.integer("begin_ms").value_or(0)),
        thread_ms(instance.integer("thread_ms").value_or(0)),
        thread_error(instance.text("thread_error").value_or("")),
        failing_from(instance.integer("failing_from").value_or(1000)),
        finish_ms(instance.integer("finish_ms").value_or(0)),
        offload(instance.boolean("offload").value_or(false)),
        leaves_group(instance.boolean("leaves_group").value_or(false)) {}
  ~Module() { log_lifecycle("destroy"); }

  void start(radius::Starter starter) {
    log_lifecycle("start");
    if (start_ms == 0) return static_cast<void>(starter.done());
    starting = std::thread([this, owed = std::move(starter)]() mutable {
      sleep_ms(start_ms);
      log("started " + std::to_string(status_of(finish(owed, start_error))));
    });
  }
  void stop() {
    if (starting.joinable()) starting.join();
    log_lifecycle("stop");
  }
  void reopen() { log_lifecycle("reopen"); }

  /// What is kept for a thread.
  class Thread {
   public:
    Thread(Module& module, radius::Thread& thread, radius::Starter starter)
        : module_(module), thread_(thread), starter_(std::move(starter)) {
      int64_t number = ++module.threads;
      module.log("thread_start");
      sleep_ms(module.begin_ms);
      if (number >= module.failing_from)
        throw radius::Error(RADIUS_ERR_LIMIT,
                            "only " + std::to_string(module.failing_from - 1) + " threads are to be had");
      if (module.thread_ms == 0) {
        starter_.done();
        return;
      }
      try {
        thread.after(std::chrono::milliseconds(module.thread_ms), [this] { expire(); });
        module.log("timer 0");
      } catch (const radius::Error& error) {
        // A pool thread has no timers, and nobody to wait for.
        module.log("timer " + std::to_string(error.status()));
        Module::finish(starter_, module.thread_error);
      }
    }
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;
    ~Thread() { module_.log(id_ == std::this_thread::get_id() ? "thread_stop" : "thread_stop ELSEWHERE"); }

    radius::Verdict access(radius::Request& request) {
      bool is_offloaded = request.is_offloaded();
      if (module_.offload && !is_offloaded) return radius::Verdict::Offload;
      int64_t at_once = ++module_.running;
      for (int64_t most = module_.most_at_once;
           at_once > most && !module_.most_at_once.compare_exchange_weak(most, at_once);) {
      }
      sleep_ms(std::stol(std::string(*request.get(module_.user_name))));
      --module_.running;
      request.reply().add("Reply-Message", whose() + (is_offloaded ? " pool" : " worker") + " thread, " +
                                               std::to_string(module_.most_at_once) + " at once");
      return radius::Verdict::Accept;
    }

    void finish(radius::Request& request, radius::Verdict verdict) {
      sleep_ms(module_.finish_ms);
      std::string number = std::to_string(static_cast<int32_t>(verdict));
      radius_token_t token = module_.instance.host().tokens->token(request.get());
      request.reply().add("Reply-Message", whose() + " thread finishes " + number + ", token " + std::to_string(token));
      module_.log("finish " + number);
      // The veneer's own groups end with their scope.
      if (module_.leaves_group)
        module_.instance.host().lists->begin_group(request.reply().get(), module_.group.handle());
    }

   private:
    void expire() {
      const radius_host_v1_t& host = module_.instance.host();
      radius_status_t elsewhere = RADIUS_OK;
      std::thread([&] { elsewhere = host.thread_started(thread_.get(), RADIUS_OK); }).join();
      radius_status_t here = status_of(Module::finish(starter_, module_.thread_error));
      radius_status_t again = host.thread_started(thread_.get(), RADIUS_OK);
      module_.log("thread_started " + std::to_string(elsewhere) + " " + std::to_string(here) + " " +
                  std::to_string(again));
    }
    std::string whose() const { return id_ == std::this_thread::get_id() ? "own" : "foreign"; }

    Module& module_;
    radius::Thread& thread_;
    radius::Starter starter_;
    std::thread::id id_ = std::this_thread::get_id();
  };

 private:
  static bool finish(radius::Starter& starter, const std::string& error) {
    return error.empty() ? starter.done() : starter.fail(RADIUS_ERR_IO, error);
  }
  static radius_status_t status_of(bool is_in_time) { return is_in_time ? RADIUS_OK : RADIUS_ERR_STATE; }
  /// Of a step that belongs on the thread that made the instance.
  void log_lifecycle(const std::string& event) const {
    log(std::this_thread::get_id() == lifecycle ? event : event + " ELSEWHERE");
  }
  void log(const std::string& event) const { instance.log_info(event); }

  std::thread::id lifecycle = std::this_thread::get_id();
  radius::Instance& instance;
  radius::Attr<std::string_view> user_name;
  radius::Attr<radius::Tlv> group;
  int64_t start_ms;
  std::string start_error;
  int64_t begin_ms;
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

}  // namespace

RADIUS_PLUGIN(Module, "org.radhost.test.threads", "1.0.0", "says on which thread it was called")
