// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "base/address.h"
#include "base/descriptor.h"
#include "base/result.h"

namespace radhost {

/// Whose the control socket is: -1 leaves the process's own.
struct SocketOwner {
  uid_t user = static_cast<uid_t>(-1);
  gid_t group = static_cast<gid_t>(-1);

  bool operator==(const SocketOwner&) const = default;
};

/// A socket that connections come to, bound and listening. Closes itself, and removes its file where it has one.
class ListeningSocket {
 public:
  struct Failure {
    std::string reason;
    bool is_served = false;  ///< a running server has the path
  };

  /// A Unix socket of mode 0660 that belongs to the owner's group. Its folder is made, for the owner, where it is
  /// missing; the socket that a dead server left is replaced.
  static Result<ListeningSocket, Failure> at_path(const std::string& path, const SocketOwner& owner);

  /// A TCP socket. An IPv6 wildcard takes IPv4 too.
  static Result<ListeningSocket, Failure> at_address(const SocketAddress& address);

  /// One that another process listened at. `path`: its file, which is this one's from now on; empty without one.
  static ListeningSocket taken_over(Descriptor socket, const std::string& path);

  ListeningSocket(ListeningSocket&& other) noexcept
      : descriptor_(other.take_descriptor()),
        path_(std::exchange(other.path_, {})),
        device_(other.device_),
        inode_(other.inode_) {}
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  /// Where it listens: with the port that was given, where 0 was asked for. Of a TCP socket.
  SocketAddress address() const;

  /// Hands the descriptor to who closes it; the file is still removed here.
  int take_descriptor() { return std::exchange(descriptor_, -1); }
  void put_back(int descriptor) { descriptor_ = descriptor; }

  /// Its file is another process's from now on.
  void leave_file() { path_.clear(); }

 private:
  explicit ListeningSocket(int descriptor) : descriptor_(descriptor) {}
  bool bind_at(const std::string& path, const SocketOwner& owner);
  bool own_file(const std::string& path);

  int descriptor_;
  std::string path_;  // empty without a file
  dev_t device_ = 0;  // the file's own numbers: another server may have put its socket there since
  ino_t inode_ = 0;
};

}  // namespace radhost
