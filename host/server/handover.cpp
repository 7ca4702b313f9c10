// SPDX-License-Identifier: Apache-2.0
#include "server/handover.h"

#include <unistd.h>

#include <future>

#include "base/background.h"
#include "base/clock.h"
#include "base/own_thread.h"
#include "base/version.h"

namespace radhost {
namespace {

using Sort = HandoverChannel::Sort;
using Patience = HandoverChannel::Patience;

constexpr Patience hello_patience{5000};
/// The other one loads and starts all its modules meanwhile.
constexpr Patience start_patience{300'000};
/// So long what was answered is told without haste. With little of the processor left, that might never come to an end.
constexpr uint64_t unhurried_ns = 5'000'000'000;
/// And so long with haste. What is left then is told when nobody receives.
constexpr uint64_t hurried_ns = 5'000'000'000;
/// It learns what it was told.
constexpr Patience heard_patience{30'000};
/// Nobody receives meanwhile.
constexpr Patience serving_patience{2000};
/// It learns what was answered since.
constexpr Patience learnt_patience{2000};
/// So many records of an address at once cost its worker a fraction of a millisecond.
constexpr size_t records_a_step = 2048;
constexpr size_t all_records = SIZE_MAX;
/// Of one that lives where processes have other numbers.
constexpr int unknown_pid = -1;

}  // namespace

Handover::Handover(Parts parts) : parts_(std::move(parts)) {}

void Handover::begin(Descriptor socket) {
  std::lock_guard lock(mutex_);
  if (pid_ != 0 || is_over_) return;
  if (thread_.joinable()) thread_.join();  // it has said its last word
  channel_ = std::make_unique<HandoverChannel>(std::move(socket));
  pid_ = channel_->peer().pid;
  if (pid_ == 0) pid_ = unknown_pid;
  try {
    thread_ = std::thread([this] { talk(); });
  } catch (const std::system_error& error) {
    give_up_on(std::string("there is no thread to be had: ") + error.what());
  }
}

std::string Handover::why_not_change() const {
  int pid = pid_;
  if (pid == 0) return {};
  return (pid == unknown_pid ? "another process" : "process " + std::to_string(pid)) +
         " is taking over from this server";
}

void Handover::give_up() {
  std::lock_guard lock(mutex_);
  is_over_ = true;
  // Where the other one has been told that it may receive, only its answer says who goes on; it comes soon, or never.
  if (channel_ != nullptr && !is_leaving_) channel_->end();
  if (thread_.joinable()) thread_.join();
}

void Handover::talk() {
  OwnThread own;
  std::string why;
  try {
    why = hand_over();
  } catch (const std::exception& error) {
    why = error.what();  // no memory, or no thread
  }
  if (is_done_) return parts_.end();
  if (is_leaving_)
    static_cast<void>(parts_.workers.on_each_in_the_end([](Worker& worker) { worker.resume_receiving(); }));
  give_up_on(why);
}

void Handover::give_up_on(const std::string& why) {
  parts_.foundation.log.warn("nobody takes over", {{"pid", shown_pid()}, {"why", why}});
  static_cast<void>(channel_->send(Sort::Refused, why));
  channel_->end();
  is_leaving_ = false;
  pid_ = 0;
}

/// Gives the reason when it came to nothing.
std::string Handover::hand_over() {
  if (!channel_->peer().may_have_all) return "who takes over must run as root, or as the user that serves";
  auto hello = channel_->expect(Sort::Hello, hello_patience);
  if (!hello.ok()) return hello.error();
  auto theirs = HandoverHello::parse(hello->text());
  if (!theirs || theirs->version != HandoverChannel::version)
    return "radhost " + std::string(program_version) + " hands over in another way than the other server takes over";
  parts_.foundation.log.info("another server begins to take over",
                             {{"pid", shown_pid()}, {"version", theirs->program}});
  if (std::string why = offer(); !why.empty()) return why;

  auto ready = channel_->expect(Sort::Ready, start_patience);
  if (!ready.ok()) return ready.error();
  auto wishes = HandoverWishes::parse(ready->text());
  if (!wishes) return "the other server's wishes make no sense";
  std::string why = tell_while_serving();
  return why.empty() ? leave(*wishes) : why;
}

/// Has a step done on the main thread, and waits for it.
std::string Handover::on_main(std::function<std::string()> step) {
  auto told = std::make_shared<std::promise<std::string>>();
  std::future<std::string> outcome = told->get_future();
  parts_.post([told = std::move(told), step = std::move(step)] { told->set_value(step()); });
  try {
    return outcome.get();
  } catch (const std::future_error&) {
    return "the server is ending";  // the job was dropped
  }
}

/// What is served, and the sockets. They stay ours as well.
std::string Handover::offer() {
  HandoverOffer offer;
  // Shared as in tell().
  auto shared = std::make_shared<std::vector<std::map<Endpoint, Worker::Shared>>>(parts_.foundation.workers);
  std::string why = on_main([&] {
    parts_.before();
    auto assembly = parts_.workers.assembly();
    offer = {std::string(program_version), getpid(), shared->size(), parts_.foundation.conversations.epoch(),
             assembly->addresses(), assembly->config().server.control, parts_.metrics, parts_.service_manager};
    return parts_.workers.on_each([shared](Worker& worker) { worker.begin_handing_over((*shared)[worker.number()]); });
  });
  if (!why.empty()) return why;
  relays_.clear();
  std::vector<RelaySocket> theirs;
  std::vector<int> numbers;
  for (size_t worker = 0; worker < shared->size(); ++worker) {
    auto ends = RelaySocket::open_pair();
    if (!ends.ok()) return ends.error();
    relays_.push_back(std::move(ends->first));
    theirs.push_back(std::move(ends->second));
    numbers.push_back(theirs.back().fd());
  }
  bool is_sent = channel_->send(Sort::Offer, offer.to_text());
  for (const OpenAddress& address : offer.addresses) {
    HandoverSockets of_address;
    std::vector<int> sockets;
    for (const auto& of_worker : *shared) {
      auto known = of_worker.find(address.endpoint());
      if (known == of_worker.end()) return "an address is not open on all workers";
      sockets.push_back(known->second.fd);
      of_address.by_worker.push_back(known->second.known);
    }
    is_sent = is_sent && channel_->send(Sort::Sockets, of_address.to_text(), sockets);
  }
  is_sent = is_sent && channel_->send(Sort::Relays, Octets(), numbers);
  return is_sent ? std::string() : "the other server is gone";
}

/// What was answered so far, until there is next to nothing left that has not been told, or learnt.
std::string Handover::tell_while_serving() {
  bool has_more = true;
  std::string why;
  do_in_background([&] { why = tell_until(monotonic_ns() + unhurried_ns, has_more); }, Urgency::Low);
  if (why.empty() && has_more) why = tell_until(monotonic_ns() + hurried_ns, has_more);
  if (!why.empty()) return why;
  if (!channel_->send(Sort::AllTold)) return "the other server is gone";
  auto heard = channel_->expect(Sort::AllHeard, heard_patience);
  return heard.ok() ? std::string() : heard.error();
}

/// Or until the time is over; then `has_more`.
std::string Handover::tell_until(uint64_t by_ns, bool& has_more) {
  auto job = [](Worker& worker, RecordsByAddress& records) { return worker.tell_answered(records_a_step, records); };
  while (has_more && monotonic_ns() < by_ns)
    if (std::string why = tell(job, has_more); !why.empty()) return why;
  return {};
}

/// Has all workers tell something. `has_more`: has one of them said so? The main thread may be busy: it is not asked.
std::string Handover::tell(const std::function<bool(Worker&, RecordsByAddress&)>& job, bool& has_more) {
  struct Told {
    HandoverRecords records;
    bool has_more = false;
  };
  // Shared, because a worker may be in the midst of it when nobody waits any more.
  auto told = std::make_shared<std::vector<Told>>(parts_.foundation.workers);
  std::string why = parts_.workers.on_each([told, job](Worker& worker) {
    Told& own = (*told)[worker.number()];
    own.records.worker = worker.number();
    own.has_more = job(worker, own.records.records);
  });
  if (!why.empty()) return why;
  has_more = false;
  for (const Told& own : *told) {
    has_more = has_more || own.has_more;
    if (!channel_->send(Sort::Records, own.records.to_octets())) return "the other server is gone";
  }
  return {};
}

/// From here on every millisecond counts: nobody receives until the other one does.
std::string Handover::leave(const HandoverWishes& wishes) {
  bool ignored = false;
  auto job = [addresses = wishes.addresses](Worker& worker, RecordsByAddress& records) {
    worker.pause_receiving(addresses);
    worker.tell_answered(all_records, records);
    worker.tell_in_hand(records);
    return false;
  };
  is_leaving_ = true;
  std::string why = tell(job, ignored);
  if (why.empty() && !channel_->send(Sort::Yours)) why = "the other server is gone";
  if (why.empty()) why = await_serving();
  if (!why.empty()) return why;
  is_done_ = true;

  Log& log = parts_.foundation.log;
  ControlPlane::Left left = parts_.leave_control(wishes.control, wishes.metrics);
  HandoverWishes given{{}, static_cast<bool>(left.control), static_cast<bool>(left.metrics)};
  std::vector<int> sockets;
  if (given.control) sockets.push_back(left.control.number());
  if (given.metrics) sockets.push_back(left.metrics.number());
  static_cast<void>(channel_->send(Sort::Left, given.to_text(), sockets));
  auto relays = std::make_shared<std::vector<RelaySocket>>(std::move(relays_));
  why = parts_.workers.on_each_in_the_end(
      [relays](Worker& worker) { worker.serve_relay(std::move((*relays)[worker.number()])); });
  if (!why.empty()) log.error("what the other server passes on is heard late", {{"why", why}});
  log.info("handed over", {{"pid", shown_pid()}});
  if (pid_ != unknown_pid) parts_.service_manager.tell("MAINPID=" + std::to_string(pid_));
  return {};
}

/// Gives the reason when the other one does not receive, and will not.
std::string Handover::await_serving() {
  auto serving = channel_->expect(Sort::Serving, serving_patience);
  if (serving.ok()) return {};
  std::string why = serving.error();
  // It may say so this very moment. What it says after this, it knows to be in vain.
  channel_->listen_no_more();
  serving = channel_->expect(Sort::Serving, Patience(0));
  return serving.ok() ? std::string() : why;
}

void Handover::finish() {
  if (!is_done_) return;
  parts_.workers.drain();
  bool ignored = false;
  auto job = [](Worker& worker, RecordsByAddress& records) { return worker.tell_answered(all_records, records); };
  if (!tell(job, ignored).empty()) return;
  if (!channel_->send(Sort::Done)) return;
  // Until it has learnt that, it passes on copies of what was answered.
  static_cast<void>(channel_->receive(learnt_patience));
}

}  // namespace radhost
