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
  explicit Rounds(std::function<void(uint32_t)> end) : ended(std::move(end)) {}
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;
  ~Rounds() { ended(count); }

  std::function<void(uint32_t)> ended;
  uint32_t count = 1;
};

class Later {
 public:
  explicit Later(radius::Instance& instance)
      : instance_(instance),
        tokens_(*instance.host().tokens),
        user_name_(instance.attribute<std::string_view>("User-Name")),
        note_(instance.attribute("Cleartext-Password")),
        finishes_(instance.boolean("finishes").value_or(false)),
        reply_(instance.text("reply").value_or("")) {}

  void start() { clockwork_ = std::make_unique<Clockwork>(); }
  void stop() {
    clockwork_->end();  // its thread asks for clockwork_ until then
    clockwork_.reset();
  }

  radius::Verdict access(radius::Request& request) { return static_cast<radius::Verdict>(handle(request)); }
  radius::Verdict accounting(radius::Request& request) { return access(request); }
  radius::Verdict coa(radius::Request& request) { return access(request); }
  radius::Verdict disconnect(radius::Request& request) { return access(request); }

  void finish(radius::Request& request, radius::Verdict verdict) {
    auto name = request.get(user_name_);
    if (finishes_ && name) log(Command(*name), "finish", static_cast<int32_t>(verdict));
  }

  void cancel(radius_token_t token) {
    std::lock_guard lock(mutex_);
    auto found = commands_.find(token);
    instance_.log_info((found == commands_.end() ? "?" : found->second) + ": cancel");
  }

 private:
  /// Statuses and nonsense are verdicts here, too.
  radius_verdict_t handle(radius::Request& request) {
    auto name = request.get(user_name_);
    if (!name) return RADIUS_PASS;
    Command command(*name);
    bool is_offloaded = request.is_offloaded();

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
    if (command.way == "timer") return start_timer(request.thread(), token, command);
    if (command.way == "held") {  // pinned by another thread already when the handler returns
      std::thread([=, this] { hold(token, command); }).join();
      return RADIUS_PENDING;
    }
    if (command.way == "race") return race(token, command), RADIUS_PENDING;
    if (command.way == "many-times") return race(token, command), say(request, command), RADIUS_ACCEPT;

    clockwork_->at(Clock::now(), [=, this] { begin(token, command); });
    return RADIUS_PENDING;
  }

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
      radius_request_t* held = tokens_.acquire(instance_.get(), token);
      bool is_held_twice = tokens_.acquire(instance_.get(), token) != nullptr;
      log(command, "acquire", held != nullptr);
      log(command, "acquire again", is_held_twice);
      log(command, "release", tokens_.release(instance_.get(), token, held));
      clockwork_->at(command.due(), [=, this] { answer(token, command); });
    } else if (command.way == "intrude") {  // while another thread holds it
      radius_request_t* held = tokens_.acquire(instance_.get(), token);
      log(command, "acquire", held != nullptr);
      std::thread([=, this] {
        log(command, "intruder's complete", complete(token, command));
        log(command, "intruder's release", tokens_.release(instance_.get(), token, nullptr));
      }).join();
      clockwork_->at(command.due(), [=, this] { log(command, "complete", complete(token, command, held)); });
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
      radius::Request request(instance_, held);
      auto name = request.get(user_name_);
      log(command, name && *name == command.text ? "still holds the request" : "HOLDS SOMETHING ELSE");
      say(request, command);
      if (command.way == "pin-release") log(command, "release", tokens_.release(instance_.get(), token, held));
      else log(command, "complete", complete(token, command, held));
    });
  }

  void answer(radius_token_t token, const Command& command) {
    radius_request_t* acquired = tokens_.acquire(instance_.get(), token);
    log(command, "acquire", acquired != nullptr);
    if (acquired != nullptr) {
      radius::Request request(instance_, acquired);
      say(request, command);
    }
    log(command, "complete", complete(token, command, acquired));
  }

  void attempt_all(radius_token_t token, const Command& command) {
    radius_request_t* held = tokens_.acquire(instance_.get(), token);
    log(command, "acquire", held != nullptr);
    log(command, "complete", complete(token, command, held));
    log(command, "release", tokens_.release(instance_.get(), token, held));
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

  radius_verdict_t start_timer(radius::Thread& thread, radius_token_t token, const Command& command) {
    thread.after(std::chrono::milliseconds(command.milliseconds), [=, this] { answer(token, command); });
    log(command, "timer", RADIUS_OK);
    return RADIUS_PENDING;
  }

  /// A conversation of as many rounds as the name says: each one checks what the one before has left.
  radius_verdict_t rounds(radius::Request& request, const Command& command) {
    auto left = request.conversation<Rounds>();
    uint32_t round = left.round();

    uint32_t notes = 0;
    for (auto note = request.control().find(note_); note; note = request.control().find_next(*note)) ++notes;
    uint32_t data = left ? left->count : 0;
    request.reply().add("Reply-Message", "round " + std::to_string(round) + ", notes " + std::to_string(notes) +
                                             ", data " + std::to_string(data));
    if (round == command.milliseconds) return command.verdict;

    request.control().add(note_, "round " + std::to_string(round));
    if (left) {
      ++left->count;
      return RADIUS_CHALLENGE;
    }
    left.emplace(
        [this, text = command.text](uint32_t count) { log(Command(text), "destroyed", static_cast<int32_t>(count)); });
    return RADIUS_CHALLENGE;
  }

  radius_status_t complete(radius_token_t token, const Command& command, radius_request_t* held = nullptr) {
    return tokens_.complete(instance_.get(), token, held, command.verdict, command.flags);
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
  void log(const Command& command, const std::string& event) { instance_.log_info(command.text + ": " + event); }
  void log(const Command& command, const std::string& event, int32_t value) {
    log(command, event + " " + std::to_string(value));
  }

  radius::Instance& instance_;
  const radius_tokens_v1_t& tokens_;
  radius::Attr<std::string_view> user_name_;
  radius_attr_t note_;
  bool finishes_;
  std::string reply_;
  std::mutex mutex_;
  std::map<radius_token_t, std::string> commands_;
  std::unique_ptr<Clockwork> clockwork_;
};

}  // namespace

RADIUS_PLUGIN(Later, "org.radhost.test.later", "1.0.0", "answers later")
