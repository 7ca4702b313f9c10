// SPDX-License-Identifier: Apache-2.0
#include "control/listening_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/unix_path.h"

namespace radhost {
namespace {

using Failure = ListeningSocket::Failure;

constexpr mode_t owner_and_group_only = 0117;
constexpr int backlog = 64;

Failure failure(const std::string& doing, int error) { return {doing + ": " + std::strerror(error)}; }

int make_socket(int family) { return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

/// Does a server accept connections there? 0 when one does, else why not.
int try_to_connect(const std::string& path) {
  int probe = make_socket(AF_UNIX);
  if (probe < 0) return errno;
  int error = connect_to_path(probe, path);
  close(probe);
  return error == EAGAIN ? 0 : error;  // its queue is full
}

/// Makes way for a new socket; gives the reason when something else is there.
Failure clear(const std::string& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) return {path + " is there and is no socket"};
  int error = try_to_connect(path);
  if (error == 0) return {"a running server has the control socket " + path, true};
  if (error == ECONNREFUSED && unlink(path.c_str()) == 0) return {};
  return failure("cannot replace the control socket " + path, error == ECONNREFUSED ? errno : error);
}

/// Nothing is asked of the system where it is the process's own already: a service may not even be allowed to ask.
bool give(const std::string& path, const SocketOwner& owner) {
  return owner == SocketOwner() || lchown(path.c_str(), owner.user, owner.group) == 0;
}

/// Gives 0, or the errno of the failure.
int make_folder_of(const std::string& path, const SocketOwner& owner) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  bool is_new = std::filesystem::create_directories(folder, error);
  if (error) return error.value();
  return is_new && !give(folder.string(), owner) ? errno : 0;
}

}  // namespace

Result<ListeningSocket, Failure> ListeningSocket::at_path(const std::string& path, const SocketOwner& owner) {
  if (Failure taken = clear(path); !taken.reason.empty()) return taken;
  int error = make_folder_of(path, owner);
  ListeningSocket made(make_socket(AF_UNIX));
  if (error == 0 && (!made.bind_at(path, owner) || listen(made.descriptor_, backlog) != 0)) error = errno;
  if (error != 0) return failure("cannot make the control socket " + path, error);
  return made;
}

/// Nobody can connect before listen(), so mode and group are right from the first moment on.
bool ListeningSocket::bind_at(const std::string& path, const SocketOwner& owner) {
  mode_t before = umask(owner_and_group_only);
  int error = bind_to_path(descriptor_, path);
  umask(before);
  if (error != 0) {
    errno = error;
    return false;
  }
  return own_file(path) && give(path, {SocketOwner().user, owner.group});
}

bool ListeningSocket::own_file(const std::string& path) {
  path_ = path;
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return false;
  device_ = found.st_dev;
  inode_ = found.st_ino;
  return true;
}

ListeningSocket ListeningSocket::taken_over(Descriptor socket, const std::string& path) {
  ListeningSocket taken(socket.take());
  if (!path.empty()) static_cast<void>(taken.own_file(path));
  return taken;
}

Result<ListeningSocket, Failure> ListeningSocket::at_address(const SocketAddress& address) {
  bool is_v4 = address.address.family == IpAddress::Family::V4;
  ListeningSocket made(make_socket(is_v4 ? AF_INET : AF_INET6));
  int yes = 1, no = 0;
  setsockopt(made.descriptor_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (!is_v4) setsockopt(made.descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  sockaddr_storage storage;
  socklen_t size = address.to_system(storage, address.address.family);
  if (made.descriptor_ < 0 || bind(made.descriptor_, reinterpret_cast<sockaddr*>(&storage), size) != 0 ||
      listen(made.descriptor_, backlog) != 0)
    return failure("cannot listen for metrics on " + address.to_text(), errno);
  return made;
}

SocketAddress ListeningSocket::address() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  getsockname(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size);
  return SocketAddress::from(storage);
}

ListeningSocket::~ListeningSocket() {
  if (descriptor_ >= 0) close(descriptor_);
  struct stat found {};
  bool is_ours =
      !path_.empty() && lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_;
  if (is_ours) unlink(path_.c_str());
}

}  // namespace radhost
