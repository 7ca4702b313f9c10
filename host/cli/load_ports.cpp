// SPDX-License-Identifier: Apache-2.0
#include "cli/load_ports.h"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace radhost {
namespace {

constexpr uint64_t ns_per_ms = 1000000;
constexpr uint64_t ns_per_s = 1000000000;

void control(int epoll, int operation, size_t port, int fd, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = port;
  if (epoll_ctl(epoll, operation, fd, &event) != 0)
    throw std::runtime_error(std::string("cannot watch a socket: ") + std::strerror(errno));
}

}  // namespace

LoadPorts::LoadPorts() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw std::runtime_error(std::string("cannot watch sockets: ") + std::strerror(errno));
}

void LoadPorts::watch(size_t port, int fd, uint32_t events) {
  control(epoll_.number(), EPOLL_CTL_ADD, port, fd, events);
}

void LoadPorts::watch_for(size_t port, int fd, uint32_t events) {
  control(epoll_.number(), EPOLL_CTL_MOD, port, fd, events);
}

void LoadPorts::wait(uint64_t now_ns, uint64_t until_ns, Taker& taker) {
  until_ns = std::min(until_ns, look_at_time(now_ns, taker));
  uint64_t ns = until_ns > now_ns ? std::min(until_ns - now_ns, ns_per_s) : 0;

  // epoll_wait counts in milliseconds, which is too coarse for a pace.
  std::array<epoll_event, 64> events;
  int timeout_ms = static_cast<int>(ns / ns_per_ms);
  if (timeout_ms < 10) {
    pollfd watched{epoll_.number(), POLLIN, 0};
    timespec time{0, static_cast<long>(ns)};
    if (ns > 0) ppoll(&watched, 1, &time, nullptr);
    timeout_ms = 0;
  }
  int count = epoll_wait(epoll_.number(), events.data(), events.size(), timeout_ms);
  for (int i = 0; i < count; ++i) ready(static_cast<size_t>(events[static_cast<size_t>(i)].data.u64), taker);
}

}  // namespace radhost
