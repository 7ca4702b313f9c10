// SPDX-License-Identifier: Apache-2.0
#include "cli/own_files.h"

#include <filesystem>

namespace radhost {

namespace fs = std::filesystem;

std::string own_prefix() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path().parent_path().string();
}

std::string find_own(const std::string& name) {
  std::error_code error;
  for (const fs::path& prefix : {fs::path(own_prefix()), fs::path("/usr")}) {
    fs::path candidate = prefix / "share/radhost" / name;
    if (fs::exists(candidate, error)) return candidate.string();
  }
  return {};
}

}  // namespace radhost
