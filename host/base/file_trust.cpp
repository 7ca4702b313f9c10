// SPDX-License-Identifier: Apache-2.0
#include "base/file_trust.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>

namespace radhost {
namespace {

std::string mode_text(const struct stat& status) {
  std::array<char, 8> text;
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(status.st_mode & 07777));
  return text.data();
}

bool is_foreign(const struct stat& status) { return status.st_uid != 0 && status.st_uid != geteuid(); }

std::string name_of_user(uid_t user) {
  std::array<char, 4096> room;
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(user, &entry, room.data(), room.size(), &found);
  return found != nullptr ? std::string(found->pw_name) : "number " + std::to_string(user);
}

}  // namespace

std::string why_untrusted(int file, const std::string& path) {
  struct stat status {};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return "it is no regular file";
  if (is_foreign(status))
    return "it belongs to the user " + name_of_user(status.st_uid) + ", and to run it would be to trust that user";
  if ((status.st_mode & S_IWOTH) != 0)
    return "everybody may write to it (mode " + mode_text(status) + "): chmod o-w";
  std::string folder = std::filesystem::absolute(path).parent_path().string();
  struct stat around {};
  if (stat(folder.c_str(), &around) != 0) return {};
  // Where a folder is sticky, as /tmp is, nobody can replace another user's file.
  bool is_open = (around.st_mode & S_IWOTH) != 0 && (around.st_mode & S_ISVTX) == 0;
  if (is_open)
    return "everybody may put another file in its place: " + folder + " has mode " + mode_text(around) + ": chmod o-w";
  return {};
}

std::string why_unbelievable(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};  // a pipe has its own writer
  if ((status.st_mode & S_IWOTH) == 0) return {};
  return "everybody may write to it (mode " + mode_text(status) + "): chmod o-w";
}

std::string why_no_secret(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  if ((status.st_mode & S_IROTH) != 0) return "everybody may read it (mode " + mode_text(status) + "): chmod o-r";
  if (is_foreign(status)) return "it belongs to the user " + name_of_user(status.st_uid) + ", who may write to it";
  return {};
}

}  // namespace radhost
