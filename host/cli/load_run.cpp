// SPDX-License-Identifier: Apache-2.0
#include "cli/load_run.h"

#include <algorithm>

#include "base/clock.h"

namespace radhost {
namespace {

constexpr uint64_t ns_per_ms = 1000000;
constexpr uint64_t ns_per_s = 1000000000;
constexpr size_t batch_max = LoadPorts::batch_max;
// So that answers do not wait long for what is sent; a little more is sent where a port has it.
constexpr size_t sent_per_turn = 4 * batch_max;

}  // namespace

LoadRun::LoadRun(const LoadPlan& plan, LoadPorts& ports, LoadRequests& requests, const LoadAnswers& answers)
    : plan_(plan),
      ports_(ports),
      requests_(requests),
      answers_(answers),
      timeout_ns_(plan.timeout_ms * ns_per_ms),
      outstanding_(ports.count(), plan.identifiers),
      room_size_(requests.size_max()),
      // What may be transmitted again is kept.
      request_rooms_(room_size_ * (plan.retries > 0 ? ports.count() * Outstanding::identifiers : batch_max)),
      tallies_(plan.steps) {}

std::vector<LoadTally> LoadRun::run(Pace& pace, const volatile std::sig_atomic_t& stop) {
  for (uint64_t now = monotonic_ns(); !is_over(now, pace); now = monotonic_ns()) {
    if (stop != 0) plan_.count = made_;
    backlog_ = send_due(pace, now);
    wait(pace, now);
    expire(monotonic_ns());
    // Nobody waits for ever for an Identifier, or for a connection.
    if (backlog_ == Backlog::NoRoom && now > pace.end_ns() + timeout_ns_) abandon_due(pace, now);
    if (ports_.are_given_up(now)) abandon_all(pace, now);
  }
  return std::move(tallies_);
}

bool LoadRun::is_over(uint64_t now_ns, const Pace& pace) const {
  bool all_made = made_ == plan_.count || pace.is_over(now_ns);
  return all_made && outstanding_.waiting() == 0 && now_ns >= late_until_ns_;
}

bool LoadRun::has_room(size_t port) const {
  return outstanding_.has_identifier(port) && outstanding_.waiting(port) < plan_.port_window && ports_.can_send(port);
}

/// Ports that take no turns are filled up one after the other, so that batches are large.
LoadRun::Backlog LoadRun::send_due(Pace& pace, uint64_t now_ns) {
  size_t visits = 0;
  size_t sent = 0;
  size_t first = plan_.takes_turns ? next_port_ : 0;
  while (size_t due = std::min<uint64_t>(pace.due(now_ns, outstanding_.waiting()), plan_.count - made_)) {
    if (sent >= sent_per_turn) return Backlog::NextTurn;
    if (visits == ports_.count()) return Backlog::NoRoom;
    size_t left = ports_.count() - visits;
    size_t share = plan_.takes_turns ? (due + left - 1) / left : due;
    size_t port = (first + visits++) % ports_.count();
    next_port_ = port + 1;
    for (size_t end = sent + share; sent < end && has_room(port);) sent += send_batch(port, end - sent, pace);
  }
  return Backlog::None;
}

/// Makes and sends some of what is due, as many as go into a batch and have an Identifier; how many.
size_t LoadRun::send_batch(size_t port, size_t count, Pace& pace) {
  std::array<size_t, batch_max> numbers;
  std::array<Octets, batch_max> packets;
  auto now_s = static_cast<uint32_t>(wall_clock_us() / 1000000);
  size_t size = 0;
  for (; size < std::min(count, batch_max) && has_room(port); ++size) {
    Pace::Due due = pace.take();
    size_t number = outstanding_.claim(port);
    Outstanding::Request& request = outstanding_.at(number);
    Octets packet = requests_.write({made_++, Outstanding::identifier_of(number), now_s}, room_of(number, size));
    copy_octets(request.authenticator, packet.subspan(Packet::authenticator_offset, Packet::authenticator_size));
    request.due_ns = due.at_ns.value_or(0);
    request.step = static_cast<uint32_t>(due.step);
    numbers[size] = number;
    packets[size] = packet;
  }
  uint64_t now_ns = monotonic_ns();
  for (size_t number : std::span(numbers).first(size)) {
    Outstanding::Request& request = outstanding_.at(number);
    if (request.due_ns == 0) request.due_ns = now_ns;
    outstanding_.transmitted(number, now_ns + timeout_ns_);
    LoadTally& tally = tallies_[request.step];
    ++tally.sent;
    tally.extend(now_ns);
  }
  ports_.send(port, std::span(packets).first(size));
  return size;
}

MutableOctets LoadRun::room_of(size_t number, size_t place) {
  size_t room = plan_.retries > 0 ? number : place;
  return MutableOctets(request_rooms_).subspan(room * room_size_, room_size_);
}

void LoadRun::abandon_due(Pace& pace, uint64_t now_ns) {
  for (; made_ < plan_.count && pace.due(now_ns, 0) > 0; ++made_) ++tallies_[pace.take().step].unsent;
}

/// Nothing more can be sent: what was to be sent by count, or is due by now, never will be.
void LoadRun::abandon_all(const Pace& pace, uint64_t now_ns) {
  uint64_t left = plan_.count - made_;
  tallies_.back().unsent += plan_.count == UINT64_MAX ? pace.due(now_ns, 0) : left;
  plan_.count = made_;
}

/// Until something comes, the next request is due, or the oldest is lost; then receives.
void LoadRun::wait(const Pace& pace, uint64_t now_ns) {
  uint64_t until = now_ns + ns_per_s;  // a signal may come between a look at it and the wait
  if (auto oldest = outstanding_.oldest()) until = std::min(until, outstanding_.at(*oldest).deadline_ns);
  if (late_until_ns_ > now_ns) until = std::min(until, late_until_ns_);
  auto next = pace.next_ns();
  if (next && backlog_ != Backlog::NoRoom && made_ < plan_.count) until = std::min(until, *next);
  if (backlog_ == Backlog::NextTurn) until = now_ns;
  ports_.wait(now_ns, until, *this);
}

bool LoadRun::take(size_t port, Octets octets, uint64_t now_ns) {
  auto answer = Packet::decode(octets);
  if (!answer.ok()) {
    tallies_[0].count(WrongAnswer::Malformed);
    // RFC 6613 §2.6.4: a Code that nobody knows is no reason to close.
    return answer.error() == Discard::UnknownCode;
  }
  size_t number = Outstanding::number_of(port, answers_.identifier_of(octets));
  const Outstanding::Request& request = outstanding_.at(number);
  LoadTally& tally = tallies_[request.step];
  auto wrong = answers_.verify(*answer, request.authenticator);
  if (request.state != Outstanding::State::Waiting) {
    take_again(request, !wrong, tally);
    return true;
  }
  // RFC 2865 §3: discarded. The request goes on waiting for a right one.
  if (wrong) {
    tally.count(*wrong);
    return *wrong == WrongAnswer::NotAsked;
  }
  outstanding_.finish(number, Outstanding::State::Answered);
  tally.extend(now_ns);
  ++tally.codes[static_cast<uint8_t>(answer->code())];
  if (auto wrong_code = answers_.check_code(answer->code())) {
    tally.count(*wrong_code);
    return true;
  }
  ++tally.answered;
  tally.latency.add(now_ns - request.due_ns);
  return true;
}

/// What was in flight there is lost.
void LoadRun::closed(size_t port) {
  for (size_t number = Outstanding::number_of(port, 0); number < Outstanding::number_of(port + 1, 0); ++number)
    if (outstanding_.at(number).state == Outstanding::State::Waiting) lose(number);
  outstanding_.forget(port);
}

void LoadRun::lose(size_t number) {
  ++tallies_[outstanding_.at(number).step].lost;
  outstanding_.finish(number, Outstanding::State::Lost);
}

/// An answer that nobody waits for.
void LoadRun::take_again(const Outstanding::Request& request, bool verifies, LoadTally& tally) {
  bool may_come = request.state == Outstanding::State::Lost || request.transmissions > 1;
  if (!verifies) tally.count(WrongAnswer::NotAsked);
  else if (may_come) ++tally.late;
  else tally.count(WrongAnswer::Duplicate);
}

void LoadRun::expire(uint64_t now_ns) {
  for (auto oldest = outstanding_.oldest(); oldest && outstanding_.at(*oldest).deadline_ns <= now_ns;
       oldest = outstanding_.oldest()) {
    const Outstanding::Request& request = outstanding_.at(*oldest);
    if (request.transmissions <= plan_.retries) {
      transmit_again(*oldest, now_ns);
      continue;
    }
    lose(*oldest);
    // So that one can tell a slow server from one that is silent.
    late_until_ns_ = now_ns + timeout_ns_;
  }
}

void LoadRun::transmit_again(size_t number, uint64_t now_ns) {
  MutableOctets room = room_of(number, 0);
  Octets packet = room.first(get_uint16be(room.subspan(2)));
  outstanding_.transmitted(number, now_ns + timeout_ns_);
  ports_.send(Outstanding::socket_of(number), {&packet, 1});
}

}  // namespace radhost
