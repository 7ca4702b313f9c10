// SPDX-License-Identifier: Apache-2.0
#include "base/file_state.h"

#include <sys/stat.h>

namespace radhost {

FileState FileState::of(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return {};
  auto ns = [](const timespec& time) { return int64_t{time.tv_sec} * 1000000000 + time.tv_nsec; };
  return {found.st_dev, found.st_ino, static_cast<uint64_t>(found.st_size), ns(found.st_mtim), ns(found.st_ctim)};
}

}  // namespace radhost
