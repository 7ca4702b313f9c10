// SPDX-License-Identifier: Apache-2.0
#include "server/privileges.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace radhost {
namespace {

/// The folder itself, never what a link in its place points to.
bool give_folder_to(const std::string& path, const passwd& user) {
  std::error_code ignored;
  std::filesystem::create_directories(path, ignored);
  int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return false;
  bool given = fchown(folder, user.pw_uid, user.pw_gid) == 0;
  int reason = errno;
  close(folder);
  errno = reason;
  return given;
}

}  // namespace

std::string drop_privileges(const ServerConfig& config, Log& log) {
  if (geteuid() != 0 || config.user.empty()) return {};
  const passwd* user = getpwnam(config.user.c_str());
  if (user == nullptr) {
    // Only the default user can be missing here: one that the file names was looked for when it was loaded.
    log.warn("there is no such user; serving as root", {{"user", config.user}});
    return {};
  }
  if (!give_folder_to(config.state_directory, *user))
    return "cannot give " + config.state_directory + " to " + config.user + ": " + std::strerror(errno);
  bool dropped = initgroups(user->pw_name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0;
  if (!dropped) return "cannot become " + config.user + ": " + std::strerror(errno);
  log.info("serving as", {{"user", config.user}});
  return {};
}

SocketOwner control_socket_owner(const ServerConfig& config) {
  bool stays = geteuid() != 0 || config.user.empty();
  const passwd* user = stays ? nullptr : getpwnam(config.user.c_str());
  return user == nullptr ? SocketOwner() : SocketOwner{user->pw_uid, user->pw_gid};
}

}  // namespace radhost
