// SPDX-License-Identifier: Apache-2.0
/// Fails at every border, as its table and the User-Name say:
///
///     at = "create"        or start, later, thread, thread-later, handler, finish, cancel, reopen, stop
///     what = "error"       or memory, standard, anything, positive, given-up
///
/// As User-Name: `twice` completes twice, `held` and `held-moved` while they hold the request, `forgets` gives its
/// Pending up, `both` answers at once what it deferred, `throws` throws when it has deferred, `never` waits for the
/// deadline, and keeps the Pending until then.
#include <radius/plugin.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

namespace {

class Throwing {
 public:
  explicit Throwing(radius::Instance& instance)
      : instance_(instance),
        user_name_(instance.attribute<std::string_view>("User-Name")),
        at_(instance.text("at").value_or("")),
        what_(instance.text("what").value_or("")) {
    may_throw("create");
  }

  void start(radius::Starter starter) {
    may_throw("start");
    if (at_ != "later") return static_cast<void>(starter.done());
    if (what_ != "given-up") starter.fail(RADIUS_ERR_IO, "thought better of it");
  }
  void stop() { may_throw("stop"); }
  void reopen() { may_throw("reopen"); }

  class Thread {
   public:
    Thread(Throwing& module, radius::Thread&, radius::Starter starter) : module_(module) {
      module.may_throw("thread");
      if (module.at_ != "thread-later") starter.done();
    }
    radius::Verdict access(radius::Request& request) {
      module_.may_throw("handler");
      return module_.answer(request);
    }

   private:
    Throwing& module_;
  };

  radius::Verdict accounting(radius::Request&) { return radius::Verdict::Accept; }
  void finish(radius::Request&, radius::Verdict) { may_throw("finish"); }

  void cancel(radius_token_t token) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      const auto found = waiting_.find(token);
      if (found != waiting_.end()) instance_.log_info(found->second.accept() ? "in time" : "too late");
    }
    may_throw("cancel");
  }

 private:
  void may_throw(const char* where) const {
    if (at_ != where) return;
    if (what_ == "memory") throw std::bad_alloc();
    if (what_ == "standard") throw std::out_of_range("out of range");
    if (what_ == "anything") throw 7;  // NOLINT: anything may be thrown
    if (what_ == "positive") throw radius::Error(7, "a status that is none");
    throw radius::Error(RADIUS_ERR_IO, "a back end is gone");
  }

  radius::Verdict answer(radius::Request& request) {
    const std::string_view way = request.get(user_name_).value_or("");
    if (way == "now") return radius::Verdict::Accept;
    radius::Pending pending = request.defer();
    if (way == "twice") {
      const bool is_first = pending.accept();
      const bool is_second = pending.reject();
      instance_.log_info(std::to_string(is_first) + std::to_string(is_second));
    }
    if (way == "held" || way == "held-moved") {
      radius::Held held = pending.acquire();
      held->reply().add("Reply-Message", "held");
      radius::Pending moved(way == "held" ? radius::Pending(instance_, 0) : std::move(pending));
      const bool is_first = way == "held" ? pending.accept() : moved.accept();
      const bool is_let_go = !held && !held.release() && !pending.acquire();
      instance_.log_info(std::to_string(is_first) + std::to_string(is_let_go));
    }
    if (way == "fails") pending.fail(RADIUS_ERR_IO, "the back end went away");
    if (way == "challenges") pending.challenge();
    if (way == "drops") pending.drop();
    if (way == "passes") pending.pass();
    if (way == "both") {
      pending.reject();
      return radius::Verdict::Accept;
    }
    if (way == "throws") throw std::runtime_error("it has deferred");
    if (way == "never") {
      std::lock_guard<std::mutex> lock(mutex_);
      const radius_token_t token = pending.token();
      waiting_.emplace(token, std::move(pending));
    }
    return radius::Verdict::Pending;
  }

  radius::Instance& instance_;
  radius::Attr<std::string_view> user_name_;
  std::string at_;
  std::string what_;
  std::mutex mutex_;
  std::map<radius_token_t, radius::Pending> waiting_;
};

}  // namespace

RADIUS_PLUGIN(Throwing, "org.radhost.test.throwing", "1.0.0", "fails at every border")
