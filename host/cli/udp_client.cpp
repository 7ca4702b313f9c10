// SPDX-License-Identifier: Apache-2.0
#include "cli/udp_client.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "base/clock.h"

namespace radhost {
namespace {

constexpr uint64_t ns_per_ms = 1000000;
constexpr size_t identifiers = 256;

}  // namespace

struct UdpClient::Outstanding {
  size_t number;
  std::vector<uint8_t> octets;
  uint32_t transmissions_left;
  uint64_t deadline_ns = 0;
  bool answered = false;

  uint8_t identifier() const { return octets[1]; }
};

UdpClient::UdpClient(const Options& options) : options_(options) {
  bool v6 = options.server.address.family == IpAddress::Family::V6;
  fd_ = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_storage storage;
  socklen_t size = options.server.to_system(storage, options.server.address.family);
  // Connected, so that only the server's answers arrive.
  if (fd_ < 0 || connect(fd_, reinterpret_cast<sockaddr*>(&storage), size) != 0) {
    std::string reason = std::strerror(errno);
    if (fd_ >= 0) close(fd_);
    throw std::runtime_error("cannot reach " + options.server.to_text() + ": " + reason);
  }
}

UdpClient::~UdpClient() { close(fd_); }

void UdpClient::transmit(Outstanding& request) {
  // What the system refuses (nobody listens there) is as good as lost: the timer decides.
  if (send(fd_, request.octets.data(), request.octets.size(), 0) < 0) errno = 0;
  --request.transmissions_left;
  request.deadline_ns = monotonic_ns() + options_.timeout_ms * ns_per_ms;
}

void UdpClient::receive(std::vector<Outstanding>& outstanding, const Take& take) {
  std::array<uint8_t, 65536> room;
  for (ssize_t size; (size = recv(fd_, room.data(), room.size(), 0)) >= 0 || errno == ECONNREFUSED;) {
    if (size < 2) continue;
    Octets answer = Octets(room).first(static_cast<size_t>(size));
    for (Outstanding& request : outstanding)
      if (!request.answered && request.identifier() == answer[1]) request.answered = take(request.number, answer);
  }
}

std::vector<size_t> UdpClient::exchange(size_t count, const Make& make, const Take& take) {
  std::vector<size_t> unanswered;
  std::vector<Outstanding> outstanding;
  size_t parallel = std::clamp<size_t>(options_.parallel, 1, identifiers);
  size_t next = 0;
  std::array<uint8_t, 1> first_identifier;
  fill_random(first_identifier);
  while (next < count || !outstanding.empty()) {
    for (; next < count && outstanding.size() < parallel; ++next) {
      auto identifier = static_cast<uint8_t>(first_identifier[0] + next);
      outstanding.push_back({next, make(next, identifier), options_.retries + 1});
      transmit(outstanding.back());
    }
    uint64_t now = monotonic_ns();
    uint64_t earliest = UINT64_MAX;
    for (const Outstanding& request : outstanding) earliest = std::min(earliest, request.deadline_ns);
    pollfd watched{fd_, POLLIN, 0};
    poll(&watched, 1, earliest > now ? static_cast<int>((earliest - now) / ns_per_ms + 1) : 0);
    receive(outstanding, take);

    now = monotonic_ns();
    for (Outstanding& request : outstanding) {
      if (request.answered || request.deadline_ns > now) continue;
      if (request.transmissions_left > 0) transmit(request);
      else unanswered.push_back(request.number);
    }
    std::erase_if(outstanding, [&](const Outstanding& request) {
      return request.answered || (request.deadline_ns <= now && request.transmissions_left == 0);
    });
  }
  return unanswered;
}

}  // namespace radhost
