// SPDX-License-Identifier: Apache-2.0
#include "base/unix_path.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace radhost {
namespace {

using Call = int (*)(int, const sockaddr*, socklen_t);

int call_with(Call call, int socket, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  path.copy(address.sun_path, path.size());
  return call(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

int call_for(Call call, int socket, const std::string& path) {
  if (path.size() < sizeof(sockaddr_un::sun_path)) return call_with(call, socket, path);
  std::filesystem::path whole(path);
  int folder = open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return errno;
  int error = call_with(call, socket, "/proc/self/fd/" + std::to_string(folder) + "/" + whole.filename().string());
  close(folder);
  return error;
}

}  // namespace

int bind_to_path(int socket, const std::string& path) { return call_for(bind, socket, path); }

int connect_to_path(int socket, const std::string& path) { return call_for(connect, socket, path); }

}  // namespace radhost
