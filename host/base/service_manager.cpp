// SPDX-License-Identifier: Apache-2.0
#include "base/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/descriptor.h"

namespace radhost {

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

}  // namespace radhost
