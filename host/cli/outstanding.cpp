// SPDX-License-Identifier: Apache-2.0
#include "cli/outstanding.h"

#include <cassert>

namespace radhost {

Outstanding::Outstanding(size_t sockets, const Range& used)
    : requests_(sockets * identifiers), free_(sockets), resting_(sockets), waiting_at_(sockets) {
  for (size_t number = 0; number < requests_.size(); ++number)
    if (identifier_of(number) >= used.first && identifier_of(number) <= used.last)
      append(free_[socket_of(number)], number);
}

size_t Outstanding::claim(size_t socket) {
  Queue& queue = free_[socket].empty() ? resting_[socket] : free_[socket];
  assert(!queue.empty());
  size_t number = queue.first;
  remove(queue, number);
  Request& request = requests_[number];
  request.transmissions = 0;
  request.state = State::Waiting;
  append(waiting_, number);
  ++waiting_count_;
  ++waiting_at_[socket];
  return number;
}

void Outstanding::transmitted(size_t number, uint64_t deadline_ns) {
  Request& request = requests_[number];
  request.deadline_ns = deadline_ns;
  ++request.transmissions;
  remove(waiting_, number);
  append(waiting_, number);
}

void Outstanding::finish(size_t number, State state) {
  Request& request = requests_[number];
  assert(request.state == State::Waiting);
  remove(waiting_, number);
  --waiting_count_;
  --waiting_at_[socket_of(number)];
  request.state = state;
  bool may_be_answered = state == State::Lost || request.transmissions > 1;
  append(may_be_answered ? resting_[socket_of(number)] : free_[socket_of(number)], number);
}

void Outstanding::forget(size_t socket) {
  assert(waiting_at_[socket] == 0);
  for (Queue& resting = resting_[socket]; !resting.empty();) {
    size_t number = resting.first;
    remove(resting, number);
    append(free_[socket], number);
  }
  for (size_t number = number_of(socket, 0); number < number_of(socket + 1, 0); ++number)
    requests_[number].state = State::Unused;
}

std::optional<size_t> Outstanding::oldest() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.first;
}

void Outstanding::append(Queue& queue, size_t number) {
  Request& request = requests_[number];
  auto link = static_cast<uint32_t>(number);
  request.previous = queue.last;
  request.next = Queue::none;
  if (queue.empty()) queue.first = link;
  else requests_[queue.last].next = link;
  queue.last = link;
}

void Outstanding::remove(Queue& queue, size_t number) {
  const Request& request = requests_[number];
  if (request.previous == Queue::none) queue.first = request.next;
  else requests_[request.previous].next = request.next;
  if (request.next == Queue::none) queue.last = request.previous;
  else requests_[request.next].previous = request.previous;
}

}  // namespace radhost
