// SPDX-License-Identifier: Apache-2.0
/// Uses timers and every extension through the C++ veneer, as the User-Name says, and tells what came of it:
///
///     metrics, timers, store, watch      each of their functions, in turn
///     leave                              a timer and a watched descriptor, both longer than their thread lives
///     wrong                              what must be refused
///     send, forward, cancel              a request to [pool.homes]
///     run                                an inner request through [chain.inner]
///
/// Its table says `outside = true` where there are a pool and a chain.
#include "expect.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>

namespace {

using namespace std::chrono_literals;

class Services {
 public:
  explicit Services(radius::Instance& instance)
      : instance_(instance),
        user_name_(instance.attribute<std::string_view>("User-Name")),
        metrics_(instance),
        counter_(metrics_.counter("veneer_events", "Counted.", "kind=\"a\"")),
        gauge_(metrics_.gauge("veneer_level", "A level.")),
        histogram_(metrics_.histogram("veneer_took_seconds", "How long it took.", {0.1, 1})),
        store_(instance),
        descriptors_(instance) {
    EXPECT(throws(RADIUS_ERR_INVALID, [&] { metrics_.counter("Not A Name", "x"); }));
    EXPECT(throws(RADIUS_ERR_RANGE, [&] { metrics_.histogram("veneer_other", "x", {1, 1}); }));
    EXPECT(throws(RADIUS_ERR_NOT_FOUND, [&] { radius::Pool(instance, "nowhere"); }));
    EXPECT(throws(RADIUS_ERR_NOT_FOUND, [&] { radius::Chain(instance, "nowhere"); }));
    if (!instance.boolean("outside").value_or(false)) return;
    pool_.emplace(instance, "homes");
    chain_.emplace(instance, "inner");
  }

  /// The thread has ended by then, and what was left on it.
  void stop() {
    EXPECT(!timer_ && !watch_);
    instance_.log_info("nothing is left");
  }

  radius::Verdict access(radius::Request& request) {
    const std::string_view way = request.get(user_name_).value_or("");
    if (way == "metrics") return use_metrics(request);
    if (way == "timers") return use_timers(request);
    if (way == "store") return use_store(request);
    if (way == "watch") return use_watch(request);
    if (way == "leave") return leave(request);
    if (way == "wrong") return try_wrong(request);
    if (way == "send") return send(request);
    if (way == "forward") return forward(request);
    if (way == "cancel") return cancel(request);
    if (way == "run") return run(request);
    return radius::Verdict::Pass;
  }

 private:
  static radius::Verdict say(radius::Request& request, const std::string& what) {
    request.reply().add("Reply-Message", what);
    return radius::Verdict::Accept;
  }
  /// The same, later.
  static void say(radius::Pending& pending, const std::string& what) {
    pending.with([&](radius::Request& request) { say(request, what); });
    pending.accept();
  }

  radius::Verdict use_metrics(radius::Request& request) {
    counter_.add();
    counter_.add(2);
    gauge_.set(2.5);
    histogram_.observe(0.05);
    return say(request, "counted");
  }

  radius::Verdict use_timers(radius::Request& request) {
    auto pending = std::make_shared<radius::Pending>(request.defer());
    request.thread().after(1ms, [] { throw std::runtime_error("a timer that throws"); });
    {
      const radius::Timer ended(request.thread(), 1ms, [pending] { say(*pending, "it must not be called"); });
    }
    timer_ = radius::Timer(request.thread(), 1h, [] {});
    timer_.stop();
    EXPECT(!timer_);
    timer_ = radius::Timer(request.thread(), 2ms, [this, pending] { say(*pending, timer_ ? "early" : "expired"); });
    radius::Timer moved(std::move(timer_));
    timer_ = std::move(moved);
    EXPECT(timer_ && !moved);
    request.thread().after(1h, [pending] {});  // which ends with the thread
    return radius::Verdict::Pending;
  }

  radius::Verdict use_store(radius::Request& request) {
    radius::Thread& thread = request.thread();
    auto pending = std::make_shared<radius::Pending>(request.defer());
    auto told = std::make_shared<std::string>();
    const radius::Octets value(std::string_view("value")), other(std::string_view("other"));
    const auto note = [told](const radius::StoreAnswer& answer) {
      *told += std::to_string(answer.status()) + (answer.ok() ? " ok " : " ");
      if (answer.octets()) *told += std::string(answer.octets()->text()) + " ";
    };
    store_.put(thread, "veneer.key", value, 1h, note);
    store_.put_new(thread, "veneer.key", other, 1h, note);
    store_.get(thread, "veneer.key", note);
    store_.take(thread, "veneer.key", note);
    store_.get(thread, "veneer.key", [pending, told](const radius::StoreAnswer& answer) {
      say(*pending, *told + std::to_string(answer.status()));
    });
    EXPECT(told->empty());
    return radius::Verdict::Pending;
  }

  radius::Verdict use_watch(radius::Request& request) {
    EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) == 0);
    auto pending = std::make_shared<radius::Pending>(request.defer());
    watch_ = descriptors_.watch(request.thread(), ends_[0], RADIUS_FD_WRITABLE, [this, pending](uint32_t events) {
      if ((events & RADIUS_FD_WRITABLE) != 0) return watch_.change(RADIUS_FD_READABLE);
      char octet = 0;
      EXPECT(read(ends_[0], &octet, 1) == 1 && octet == 'x');
      watch_.end();  // within its own call
      close(ends_[0]);
      close(ends_[1]);
      say(*pending, watch_ ? "still watched" : "readable");
    });
    EXPECT(watch_ && write(ends_[1], "x", 1) == 1);
    return radius::Verdict::Pending;
  }

  radius::Verdict leave(radius::Request& request) {
    EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) == 0);
    timer_ = radius::Timer(request.thread(), 1h, [] {});
    watch_ = descriptors_.watch(request.thread(), ends_[0], RADIUS_FD_READABLE, [](uint32_t) {});
    radius::Watch moved(std::move(watch_));
    watch_ = std::move(moved);
    return say(request, watch_ && timer_ ? "left" : "lost");
  }

  radius::Verdict try_wrong(radius::Request& request) {
    radius::Thread& thread = request.thread();
    const auto never = [](const radius::StoreAnswer&) { throw std::runtime_error("called"); };
    EXPECT(throws(RADIUS_ERR_INVALID, [&] { store_.get(thread, "", never); }));
    EXPECT(throws(RADIUS_ERR_INVALID, [&] { store_.take(thread, "", never); }));
    EXPECT(throws(RADIUS_ERR_RANGE, [&] { store_.put(thread, "k", {}, 0ms, never); }));
    EXPECT(throws(RADIUS_ERR_RANGE, [&] { store_.put_new(thread, "k", {}, -1ms, never); }));
    EXPECT(throws(RADIUS_ERR_INVALID, [&] { store_.put(thread, "", {}, 1ms, never); }));
    EXPECT(throws(RADIUS_ERR_INVALID, [&] {
      const radius::Watch none = descriptors_.watch(thread, -1, RADIUS_FD_READABLE, [](uint32_t) {});
    }));
    radius::Watch none;
    EXPECT(throws(RADIUS_ERR_GONE, [&] { none.change(RADIUS_FD_READABLE); }));
    EXPECT(throws(RADIUS_ERR_STATE, [&] { metrics_.counter("veneer_late", "x"); }));
    EXPECT(throws(RADIUS_ERR_STATE, [&] { radius::Request(instance_, request.get()).thread(); }));
    return say(request, "refused");
  }

  radius::Verdict send(radius::Request& request) {
    radius::OwnList list(instance_);
    list.add(user_name_, "from the module");
    auto answered = [pending = request.defer()](const radius::Answer& answer) mutable {
      say(pending, "status " + std::to_string(answer.status()) + ", code " + std::to_string(answer.code()));
    };
    pool_->send(request.thread(), RADIUS_CODE_ACCESS_REQUEST, list, std::move(answered));
    return radius::Verdict::Pending;
  }

  radius::Verdict forward(radius::Request& request) {
    radius::OwnList more(instance_);
    more.add("NAS-Identifier", "veneer");
    radius::Edits edits;
    edits.remove.push_back(user_name_.handle());
    edits.add = &more;
    pool_->forward(request, edits, [pending = request.defer()](const radius::Answer& answer) mutable {
      if (!answer.ok()) return;  // the request is answered as Unable
      pending.with([&](radius::Request& held) { held.reply().append(answer.list()); });
      pending.complete(answer.code() == 2 ? radius::Verdict::Accept : radius::Verdict::Reject, RADIUS_COMPLETE_PROXIED);
    });
    EXPECT(throws(RADIUS_ERR_INVALID, [&] {
      radius::Edits wrong;
      wrong.remove.push_back(0);
      pool_->forward(request, wrong, [](const radius::Answer&) {});
    }));
    return radius::Verdict::Pending;
  }

  radius::Verdict cancel(radius::Request& request) {
    radius::OwnList list(instance_);
    list.add(user_name_, "nobody answers");
    radius_status_t status = RADIUS_OK;
    const auto done = [&](const radius::Answer& answer) { status = answer.status(); };
    const radius_exchange_t exchange = pool_->send(request.thread(), RADIUS_CODE_ACCESS_REQUEST, list, done);
    const bool is_first = pool_->cancel(request.thread(), exchange);
    const bool is_second = pool_->cancel(request.thread(), exchange);
    EXPECT(throws(RADIUS_ERR_INVALID, [&] { pool_->send(request.thread(), 12, list, done); }));
    return say(request, std::to_string(is_first) + std::to_string(is_second) + " " + std::to_string(status));
  }

  radius::Verdict run(radius::Request& request) {
    EXPECT(throws(RADIUS_ERR_INVALID, [&] {
      radius::OwnList internal(instance_);
      internal.add("Cleartext-Password", "hush");
      chain_->run(request, internal, [](const radius::Outcome&) {});
    }));
    radius::OwnList list(instance_);
    list.add(user_name_, "inner");
    auto ended = [pending = request.defer()](const radius::Outcome& outcome) mutable {
      pending.with([&](radius::Request& held) { held.reply().append(outcome.reply()); });
      if (outcome.is_gone()) pending.fail(RADIUS_ERR_GONE);
      else pending.complete(outcome.verdict());
    };
    chain_->run(request, list, std::move(ended));
    return radius::Verdict::Pending;
  }

  radius::Instance& instance_;
  radius::Attr<std::string_view> user_name_;
  radius::Metrics metrics_;
  radius::Counter counter_;
  radius::Gauge gauge_;
  radius::Histogram histogram_;
  radius::Store store_;
  radius::Descriptors descriptors_;
  std::optional<radius::Pool> pool_;
  std::optional<radius::Chain> chain_;
  // Tests run it with one worker.
  radius::Timer timer_;
  radius::Watch watch_;
  int ends_[2] = {-1, -1};
};

}  // namespace

RADIUS_PLUGIN(Services, "org.radhost.test.veneer-services", "1.0.0", "tries the veneer's timers and extensions")
