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

}  // namespace

void tell_service_manager(std::string_view state) {
  const char* named = std::getenv("NOTIFY_SOCKET");
  std::string_view path = named == nullptr ? "" : named;
  sockaddr_un address{};
  bool is_usable = path.size() > 1 && path.size() < sizeof address.sun_path && (path[0] == '/' || path[0] == '@');
  if (!is_usable) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';  // in the abstract namespace, whose names end with their length
  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  static_cast<void>(sendto(socket.number(), state.data(), state.size(), MSG_NOSIGNAL,
                           reinterpret_cast<sockaddr*>(&address), size));
}

std::optional<std::chrono::microseconds> service_watchdog_time() {
  auto time = number_in("WATCHDOG_USEC");
  if (!time || *time <= 0) return std::nullopt;
  // It may be meant for a process that this one came from.
  if (std::getenv("WATCHDOG_PID") != nullptr && number_in("WATCHDOG_PID") != getpid()) return std::nullopt;
  return std::chrono::microseconds(*time);
}

}  // namespace radhost
