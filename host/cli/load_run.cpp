// SPDX-License-Identifier: Apache-2.0
#include "cli/load_run.h"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "base/clock.h"

namespace radhost {
namespace {

constexpr uint64_t ns_per_ms = 1000000;
constexpr uint64_t ns_per_s = 1000000000;
constexpr size_t batch_max = ConnectedSocket::batch_max;
// Rooms are a little larger than a packet: at a distance of 4096 they would all fall on the same lines of the cache.
constexpr size_t answer_room = Packet::maximum_size + 64;
constexpr int batches_per_turn = 16;
// So that answers do not wait long for what is sent; a little more is sent where a socket has it.
constexpr size_t sent_per_turn = 4 * batch_max;

IpAddress source_address(size_t number) {
  IpAddress address{IpAddress::Family::V4, {127, 1, 0, 0}};
  put_uint16be(MutableOctets(address.octets).subspan(2, 2), static_cast<uint16_t>(number + 1));
  return address;
}

}  // namespace

LoadRun::LoadRun(const LoadPlan& plan, LoadRequests& requests, const LoadAnswers& answers)
    : plan_(plan),
      requests_(requests),
      answers_(answers),
      timeout_ns_(plan.timeout_ms * ns_per_ms),
      outstanding_(plan.sockets),
      room_size_(requests.size_max()),
      // What may be transmitted again is kept.
      request_rooms_(room_size_ * (plan.retries > 0 ? plan.sockets * Outstanding::identifiers : batch_max)),
      answer_rooms_(answer_room * batch_max),
      tallies_(plan.steps),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  open_sockets();
}

LoadRun::~LoadRun() {
  if (epoll_ >= 0) close(epoll_);
}

void LoadRun::open_sockets() {
  sockets_.reserve(plan_.sockets);
  for (size_t i = 0; i < plan_.sockets; ++i) {
    std::optional<IpAddress> source;
    if (plan_.sources > 0) source = source_address(i % plan_.sources);
    auto opened = ConnectedSocket::open(plan_.server, source);
    if (!opened.ok()) throw std::runtime_error(opened.error());
    sockets_.push_back(std::move(*opened));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_.back().fd(), &event) != 0)
      throw std::runtime_error(std::string("cannot watch a socket: ") + std::strerror(errno));
  }
}

std::vector<LoadTally> LoadRun::run(Pace& pace, const volatile std::sig_atomic_t& stop) {
  for (uint64_t now = monotonic_ns(); !is_over(now, pace); now = monotonic_ns()) {
    if (stop != 0) plan_.count = made_;
    backlog_ = send_due(pace, now);
    wait(pace, now);
    expire(monotonic_ns());
    // Nobody waits for ever for an Identifier.
    if (backlog_ == Backlog::NoIdentifier && now > pace.end_ns() + timeout_ns_) abandon_due(pace, now);
  }
  return std::move(tallies_);
}

bool LoadRun::is_over(uint64_t now_ns, const Pace& pace) const {
  bool all_made = made_ == plan_.count || pace.is_over(now_ns);
  return all_made && outstanding_.waiting() == 0 && now_ns >= late_until_ns_;
}

/// Several sources take turns; sockets of one source are filled up one after the other, so that batches are large.
LoadRun::Backlog LoadRun::send_due(Pace& pace, uint64_t now_ns) {
  size_t visits = 0;
  size_t sent = 0;
  size_t first = plan_.sources > 1 ? next_socket_ : 0;
  while (size_t due = std::min<uint64_t>(pace.due(now_ns, outstanding_.waiting()), plan_.count - made_)) {
    if (sent >= sent_per_turn) return Backlog::NextTurn;
    if (visits == sockets_.size()) return Backlog::NoIdentifier;
    size_t left = sockets_.size() - visits;
    size_t share = plan_.sources > 1 ? (due + left - 1) / left : due;
    size_t socket = (first + visits++) % sockets_.size();
    next_socket_ = socket + 1;
    for (size_t end = sent + share; sent < end && outstanding_.has_identifier(socket);)
      sent += send_batch(socket, end - sent, pace);
  }
  return Backlog::None;
}

/// Makes and sends some of what is due, as many as go into a batch and have an Identifier; how many.
size_t LoadRun::send_batch(size_t socket, size_t count, Pace& pace) {
  std::array<size_t, batch_max> numbers;
  std::array<Octets, batch_max> datagrams;
  auto now_s = static_cast<uint32_t>(wall_clock_us() / 1000000);
  size_t size = 0;
  for (; size < std::min(count, batch_max) && outstanding_.has_identifier(socket); ++size) {
    Pace::Due due = pace.take();
    size_t number = outstanding_.claim(socket);
    Outstanding::Request& request = outstanding_.at(number);
    Octets packet = requests_.write({made_++, Outstanding::identifier_of(number), now_s}, room_of(number, size));
    copy_octets(request.authenticator, packet.subspan(Packet::authenticator_offset, Packet::authenticator_size));
    request.due_ns = due.at_ns.value_or(0);
    request.step = static_cast<uint32_t>(due.step);
    numbers[size] = number;
    datagrams[size] = packet;
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
  sockets_[socket].send(std::span(datagrams).first(size));
  return size;
}

MutableOctets LoadRun::room_of(size_t number, size_t place) {
  size_t room = plan_.retries > 0 ? number : place;
  return MutableOctets(request_rooms_).subspan(room * room_size_, room_size_);
}

void LoadRun::abandon_due(Pace& pace, uint64_t now_ns) {
  for (; made_ < plan_.count && pace.due(now_ns, 0) > 0; ++made_) ++tallies_[pace.take().step].unsent;
}

/// Until something comes, the next request is due, or the oldest is lost; then receives.
void LoadRun::wait(const Pace& pace, uint64_t now_ns) {
  uint64_t until = now_ns + ns_per_s;  // a signal may come between a look at it and the wait
  if (auto oldest = outstanding_.oldest()) until = std::min(until, outstanding_.at(*oldest).deadline_ns);
  if (late_until_ns_ > now_ns) until = std::min(until, late_until_ns_);
  auto next = pace.next_ns();
  if (next && backlog_ != Backlog::NoIdentifier && made_ < plan_.count) until = std::min(until, *next);
  if (backlog_ == Backlog::NextTurn) until = now_ns;
  uint64_t ns = until > now_ns ? until - now_ns : 0;

  // epoll_wait counts in milliseconds, which is too coarse for a pace.
  std::array<epoll_event, 64> events;
  int timeout_ms = static_cast<int>(ns / ns_per_ms);
  if (timeout_ms < 10) {
    pollfd watched{epoll_, POLLIN, 0};
    timespec time{0, static_cast<long>(ns)};
    if (ns > 0) ppoll(&watched, 1, &time, nullptr);
    timeout_ms = 0;
  }
  int ready = epoll_wait(epoll_, events.data(), events.size(), timeout_ms);
  for (int i = 0; i < ready; ++i) receive(static_cast<size_t>(events[static_cast<size_t>(i)].data.u64));
}

void LoadRun::receive(size_t socket) {
  std::array<MutableOctets, batch_max> rooms;
  for (int batch = 0; batch < batches_per_turn; ++batch) {
    for (size_t i = 0; i < batch_max; ++i)
      rooms[i] = MutableOctets(answer_rooms_).subspan(i * answer_room, answer_room);
    size_t received = sockets_[socket].receive(rooms);
    uint64_t now = monotonic_ns();
    for (Octets octets : std::span(rooms).first(received)) take(socket, octets, now);
    if (received < batch_max) return;
  }
}

void LoadRun::take(size_t socket, Octets octets, uint64_t now_ns) {
  auto answer = Packet::decode(octets);
  if (!answer.ok()) {
    tallies_[0].count(WrongAnswer::Malformed);
    return;
  }
  size_t number = Outstanding::number_of(socket, answer->identifier());
  const Outstanding::Request& request = outstanding_.at(number);
  LoadTally& tally = tallies_[request.step];
  auto wrong = answers_.verify(*answer, request.authenticator);
  if (request.state != Outstanding::State::Waiting) {
    take_again(request, !wrong, tally);
    return;
  }
  // RFC 2865 §3: discarded. The request goes on waiting for a right one.
  if (wrong) {
    tally.count(*wrong);
    return;
  }
  outstanding_.finish(number, Outstanding::State::Answered);
  tally.extend(now_ns);
  ++tally.codes[static_cast<uint8_t>(answer->code())];
  if (auto wrong_code = answers_.check_code(answer->code())) {
    tally.count(*wrong_code);
    return;
  }
  ++tally.answered;
  tally.latency.add(now_ns - request.due_ns);
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
    ++tallies_[request.step].lost;
    outstanding_.finish(*oldest, Outstanding::State::Lost);
    // So that one can tell a slow server from one that is silent.
    late_until_ns_ = now_ns + timeout_ns_;
  }
}

void LoadRun::transmit_again(size_t number, uint64_t now_ns) {
  MutableOctets room = room_of(number, 0);
  Octets packet = room.first(get_uint16be(room.subspan(2)));
  outstanding_.transmitted(number, now_ns + timeout_ns_);
  sockets_[Outstanding::socket_of(number)].send({&packet, 1});
}

}  // namespace radhost
