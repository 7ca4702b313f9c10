// SPDX-License-Identifier: Apache-2.0
#include "base/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/descriptor.h"

namespace radhost {
namespace {

/// A number in the environment.
std::optional<int64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  const char* end = text + std::strlen(text);
  int64_t number = 0;
  auto read = std::from_chars(text, end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

/// A watchdog's time may be meant for a process that this one came from.
std::optional<std::chrono::microseconds> own_watchdog() {
  auto time = number_in("WATCHDOG_USEC");
  if (!time || *time <= 0) return std::nullopt;
  if (std::getenv("WATCHDOG_PID") != nullptr && number_in("WATCHDOG_PID") != getpid()) return std::nullopt;
  return std::chrono::microseconds(*time);
}

}  // namespace

ServiceManager ServiceManager::of_environment() {
  const char* named = std::getenv("NOTIFY_SOCKET");
  return {named == nullptr ? "" : named, own_watchdog()};
}

ServiceManager ServiceManager::or_else(const ServiceManager& other) const {
  return {socket.empty() ? other.socket : socket, watchdog ? watchdog : other.watchdog};
}

void ServiceManager::tell(std::string_view state) const {
  sockaddr_un address{};
  bool is_usable = socket.size() > 1 && socket.size() < sizeof address.sun_path && (socket[0] == '/' || socket[0] == '@');
  if (!is_usable) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  if (socket[0] == '@') address.sun_path[0] = '\0';  // in the abstract namespace, whose names end with their length
  Descriptor descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());
  static_cast<void>(sendto(descriptor.number(), state.data(), state.size(), MSG_NOSIGNAL,
                           reinterpret_cast<sockaddr*>(&address), size));
}

}  // namespace radhost
