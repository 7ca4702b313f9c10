// SPDX-License-Identifier: Apache-2.0
/// Answers later, in every way the ABI allows and some that it does not, as the User-Name says:
///
///     WAY [MILLISECONDS [VERDICT]]        such as "thread 50 accept"
///
/// What it saw goes to the host's log, one line each: `WAY … : EVENT [VALUE]`.
#include <radius/plugin.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;

/// Runs what is due, one after the other, on a thread of its own.
class Clockwork {
 public:
  Clockwork() : thread_([this] { run(); }) {}
  /// What is not due yet is forgotten.
  void end() {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  void at(Clock::time_point due, std::function<void()> job) {
    {
      std::lock_guard lock(mutex_);
      jobs_.emplace(due, std::move(job));
    }
    changed_.notify_all();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      if (jobs_.empty()) {
        changed_.wait(lock);
      } else if (Clock::time_point due = jobs_.begin()->first; due > Clock::now()) {
        changed_.wait_until(lock, due);
      } else {
        std::function<void()> job = std::move(jobs_.begin()->second);
        jobs_.erase(jobs_.begin());
        lock.unlock();
        job();
        lock.lock();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Clock::time_point, std::function<void()>> jobs_;
  bool ending_ = false;
  std::thread thread_;  // the last member: it uses the others
};

/// What a User-Name asks for.
struct Command {
  explicit Command(std::string_view name) : text(name) {
    std::istringstream words(text);
    std::string verdict_word;
    words >> way >> milliseconds >> verdict_word;
    for (size_t i = 0; i != verdict_words.size(); ++i)
      if (verdict_words[i] == verdict_word) verdict = static_cast<radius_verdict_t>(i);
    if (verdict_word == "error") verdict = RADIUS_ERR_IO;
    if (verdict_word == "nonsense") verdict = 77;
    if (verdict_word == "proxied") {
      verdict = RADIUS_REJECT;
      flags = RADIUS_COMPLETE_PROXIED;
    }
  }
  Clock::time_point due() const { return Clock::now() + std::chrono::milliseconds(milliseconds); }

  // Each at the place of its number (verdict.h).
  static constexpr std::array<std::string_view, 9> verdict_words{"",       "accept", "reject",  "challenge", "drop",
                                                                 "unable", "pass",   "pending", "offload"};
  std::string text;
  std::string way;
  uint32_t milliseconds = 0;  // of the rounds, their number
  radius_verdict_t verdict = RADIUS_ACCEPT;
  uint32_t flags = 0;
};

/// What one round of a conversation leaves for the next.
struct Rounds {
  std::function<void(uint32_t)> ended;
  uint32_t count = 0;
};

class Later {
 public:
  explicit Later(radius::Instance& instance)
      : instance_(instance),
        tokens_(*instance.host().tokens),
        user_name_(instance.attribute("User-Name")),
        note_(instance.attribute("Cleartext-Password")),
        finishes_(instance.boolean("finishes").value_or(false)),
        reply_(instance.text("reply").value_or("")) {}

  void start() { clockwork_ = std::make_unique<Clockwork>(); }
  void stop() {
    clockwork_->end();  // its thread asks for clockwork_ until then
    clockwork_.reset();
  }

  radius_verdict_t handle(radius_thread_t* thread, radius::Request& request) {
    auto name = request.request().find(user_name_);
    if (!name) return RADIUS_PASS;
    Command command(name->text());
    bool is_offloaded = (request.info().flags & RADIUS_REQUEST_OFFLOADED) != 0;

    if (command.way == "now") return say(request, command), command.verdict;
    if (command.way == "block") return sleep(command), say(request, command), command.verdict;
    if (command.way == "rounds") return rounds(request, command);
    if (command.way == "offload") {
      if (!is_offloaded) return log(command, "offloads"), RADIUS_OFFLOAD;
      sleep(command);
      log(command, "runs on the pool");
      return say(request, command), command.verdict;
    }
    if (command.way == "offload-thread" && !is_offloaded) return RADIUS_OFFLOAD;
    if (command.way == "silent") return RADIUS_PENDING;  // nobody has its token

    radius_token_t token = tokens_.token(request.get());
    if (token == 0) return log(command, "gets no token"), RADIUS_ERR_INTERNAL;
    remember(token, command);
    if (command.way == "early") return log(command, "complete", complete(token, command)), RADIUS_PENDING;
    if (command.way == "forgets") return say(request, command), command.verdict;  // answers at once after all
    if (command.way == "forgets-then-thread") {
      clockwork_->at(command.due(), [=, this] { attempt_all(token, command); });
      return say(request, command), command.verdict;
    }
    if (command.way == "timer") return start_timer(thread, token, command);
    if (command.way == "held") {  // pinned by another thread already when the handler returns
      std::thread([=, this] { hold(token, command); }).join();
      return RADIUS_PENDING;
    }
    if (command.way == "race") return race(token, command), RADIUS_PENDING;
    if (command.way == "many-times") return race(token, command), say(request, command), RADIUS_ACCEPT;

    clockwork_->at(Clock::now(), [=, this] { begin(token, command); });
    return RADIUS_PENDING;
  }

  void finish(radius::Request& request, radius_verdict_t verdict) {
    auto name = request.request().find(user_name_);
    if (finishes_ && name) log(Command(name->text()), "finish", verdict);
  }

  void cancel(radius_token_t token) {
    std::lock_guard lock(mutex_);
    auto found = commands_.find(token);
    instance_.log(radius::Level::Info, (found == commands_.end() ? "?" : found->second) + ": cancel");
  }

 private:
  /// On the thread of its own: what "WAY" means there.
  void begin(radius_token_t token, const Command& command) {
    if (command.way == "thread" || command.way == "offload-thread") {
      clockwork_->at(command.due(), [=, this] { answer(token, command); });
    } else if (command.way == "twice") {
      clockwork_->at(command.due(), [=, this] {
        answer(token, command);
        answer(token, command);
      });
    } else if (command.way == "unacquired") {
      clockwork_->at(command.due(), [=, this] { log(command, "complete", complete(token, command)); });
    } else if (command.way == "pin" || command.way == "pin-release") {
      hold(token, command);
    } else if (command.way == "release") {
      bool is_held = tokens_.acquire(instance_.get(), token) != nullptr;
      bool is_held_twice = tokens_.acquire(instance_.get(), token) != nullptr;
      log(command, "acquire", is_held);
      log(command, "acquire again", is_held_twice);
      log(command, "release", tokens_.release(instance_.get(), token));
      clockwork_->at(command.due(), [=, this] { answer(token, command); });
    } else if (command.way == "late") {
      clockwork_->at(command.due(), [=, this] { attempt_all(token, command); });
    }  // "never": nothing
  }

  /// Acquires at once, and keeps the request until the time is over.
  void hold(radius_token_t token, const Command& command) {
    radius_request_t* held = tokens_.acquire(instance_.get(), token);
    log(command, "acquire", held != nullptr);
    if (held == nullptr) return;
    clockwork_->at(command.due(), [=, this] {
      // The request must still be there to be read and written.
      radius::Request request(instance_.host(), held);
      auto name = request.request().find(user_name_);
      log(command, name && name->text() == command.text ? "still holds the request" : "HOLDS SOMETHING ELSE");
      say(request, command);
      if (command.way == "pin-release") log(command, "release", tokens_.release(instance_.get(), token));
      else log(command, "complete", complete(token, command));
    });
  }

  void answer(radius_token_t token, const Command& command) {
    radius_request_t* acquired = tokens_.acquire(instance_.get(), token);
    log(command, "acquire", acquired != nullptr);
    if (acquired != nullptr) {
      radius::Request request(instance_.host(), acquired);
      say(request, command);
    }
    log(command, "complete", complete(token, command));
  }

  void attempt_all(radius_token_t token, const Command& command) {
    log(command, "acquire", tokens_.acquire(instance_.get(), token) != nullptr);
    log(command, "complete", complete(token, command));
    log(command, "release", tokens_.release(instance_.get(), token));
  }

  /// Four threads complete the same request, while its handler runs.
  void race(radius_token_t token, const Command& command) {
    std::array<radius_status_t, 4> statuses{};
    std::array<std::thread, 4> threads;
    for (size_t i = 0; i != threads.size(); ++i)
      threads[i] = std::thread([=, this, status = &statuses[i]] { *status = complete(token, command); });
    for (std::thread& thread : threads) thread.join();
    int32_t successes = 0;
    for (radius_status_t status : statuses) successes += status == RADIUS_OK;
    log(command, "completed", successes);
  }

  struct Timer {
    Later* later;
    radius_token_t token;
    Command command;
  };

  radius_verdict_t start_timer(radius_thread_t* thread, radius_token_t token, const Command& command) {
    // One that never expires ends with the instance.
    auto timer = std::make_shared<Timer>(Timer{this, token, command});
    {
      std::lock_guard lock(timers_mutex_);
      timers_.emplace(timer.get(), timer);
    }
    radius_timer_t number = 0;
    radius_status_t status = instance_.host().timers->start(
        thread, command.milliseconds,
        [](void* data, radius_timer_t) {
          auto* expired = static_cast<Timer*>(data);
          expired->later->answer(expired->token, expired->command);
        },
        timer.get(), &number);
    log(command, "timer", status);
    return status == RADIUS_OK ? RADIUS_PENDING : status;
  }

  /// A conversation of as many rounds as the name says: each one checks what the one before has left.
  radius_verdict_t rounds(radius::Request& request, const Command& command) {
    const radius_conversations_v1_t& conversations = *instance_.host().conversations;
    uint32_t round = conversations.round(request.get());
    auto* left = static_cast<Rounds*>(conversations.data(request.get()));

    uint32_t notes = 0;
    for (auto note = request.control().find(note_); note; note = request.control().find_next(*note)) ++notes;
    uint32_t data = left == nullptr ? 0 : left->count;
    request.reply().add("Reply-Message", "round " + std::to_string(round) + ", notes " + std::to_string(notes) +
                                             ", data " + std::to_string(data));
    if (round == command.milliseconds) return command.verdict;

    request.control().add(note_, "round " + std::to_string(round));
    if (left != nullptr) {
      ++left->count;
      return RADIUS_CHALLENGE;
    }
    auto begun = std::make_unique<Rounds>();
    begun->count = 1;
    begun->ended = [this, text = command.text](uint32_t count) {
      log(Command(text), "destroyed", static_cast<int32_t>(count));
    };
    radius::require(conversations.set_data(request.get(), begun.release(),
                                           [](void* ended) {
                                             std::unique_ptr<Rounds> owned(static_cast<Rounds*>(ended));
                                             owned->ended(owned->count);
                                           }),
                    "set_data");
    return RADIUS_CHALLENGE;
  }

  radius_status_t complete(radius_token_t token, const Command& command) {
    return tokens_.complete(instance_.get(), token, command.verdict, command.flags);
  }
  void say(radius::Request& request, const Command& command) {
    request.reply().add("Reply-Message", command.text);
    if (!reply_.empty()) request.reply().add("Class", reply_);
  }
  static void sleep(const Command& command) {
    std::this_thread::sleep_for(std::chrono::milliseconds(command.milliseconds));
  }
  void remember(radius_token_t token, const Command& command) {
    std::lock_guard lock(mutex_);
    commands_[token] = command.text;
  }
  void log(const Command& command, const std::string& event) {
    instance_.log(radius::Level::Info, command.text + ": " + event);
  }
  void log(const Command& command, const std::string& event, int32_t value) {
    log(command, event + " " + std::to_string(value));
  }

  radius::Instance& instance_;
  const radius_tokens_v1_t& tokens_;
  radius_attr_t user_name_;
  radius_attr_t note_;
  bool finishes_;
  std::string reply_;
  std::mutex mutex_;
  std::map<radius_token_t, std::string> commands_;
  std::mutex timers_mutex_;
  std::map<Timer*, std::shared_ptr<Timer>> timers_;
  std::unique_ptr<Clockwork> clockwork_;
};

// The veneer has no cancel, no threads and no statuses as verdicts: the descriptor is written out.

struct Module {
  Module(const radius_host_v1_t& host, radius_instance_t* handle) : instance(host, handle), later(instance) {}
  radius::Instance instance;
  Later later;
};

Module& module_of(void* self) { return *static_cast<Module*>(self); }

template <class Body>
int32_t guard(void* self, Body&& body) {
  Module& module = module_of(self);
  return radius::detail::guard(&module.instance.host(), module.instance.get(), std::forward<Body>(body));
}

radius_verdict_t handle(void* self, void* thread_self, radius_request_t* handed) {
  return guard(self, [&] {
    radius::Request request(module_of(self).instance.host(), handed);
    return module_of(self).later.handle(static_cast<radius_thread_t*>(thread_self), request);
  });
}

radius_plugin_v1_t describe() {
  radius_plugin_v1_t descriptor{};
  descriptor.size = sizeof descriptor;
  descriptor.abi_minor = RADIUS_PLUGIN_ABI_MINOR;
  descriptor.id = radius::to_text("org.radhost.test.later");
  descriptor.version = radius::to_text("1.0.0");
  descriptor.description = radius::to_text("answers later");
  descriptor.create = [](const radius_host_v1_t* host, radius_instance_t* instance, void** self) -> radius_status_t {
    return radius::detail::guard(host, instance, [&] {
      *self = new Module(*host, instance);
      return RADIUS_OK;
    });
  };
  descriptor.destroy = [](void* self) { delete &module_of(self); };
  descriptor.start = [](void* self) -> radius_status_t {
    return guard(self, [&] { return module_of(self).later.start(), RADIUS_OK; });
  };
  descriptor.stop = [](void* self) { module_of(self).later.stop(); };
  descriptor.thread_start = [](void*, radius_thread_t* thread, void** thread_self) -> radius_status_t {
    *thread_self = thread;
    return RADIUS_OK;
  };
  descriptor.thread_stop = [](void*, void*) {};
  descriptor.handle_access = &handle;
  descriptor.handle_accounting = &handle;
  descriptor.handle_coa = &handle;
  descriptor.handle_disconnect = &handle;
  descriptor.handle_finish = [](void* self, void*, radius_request_t* handed, radius_verdict_t verdict) {
    guard(self, [&] {
      radius::Request request(module_of(self).instance.host(), handed);
      return module_of(self).later.finish(request, verdict), RADIUS_OK;
    });
  };
  descriptor.cancel = [](void* self, radius_token_t token) { module_of(self).later.cancel(token); };
  return descriptor;
}

}  // namespace

RADIUS_NOTE("org.radhost.test.later", "1.0.0", 0);
extern "C" RADIUS_EXPORT const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = describe();
  return &descriptor;
}
