// SPDX-License-Identifier: Apache-2.0
#include "base/own_program.h"

#include <unistd.h>

#include <array>
#include <string_view>

namespace radhost {

namespace {

/// How the system names a file whose name is another file's by now, or nobody's.
constexpr std::string_view replaced = " (deleted)";

std::string shown_program() {
  std::array<char, 4096> room{};
  ssize_t size = readlink("/proc/self/exe", room.data(), room.size());
  return size > 0 ? std::string(room.data(), static_cast<size_t>(size)) : std::string();
}

}  // namespace

std::string own_program() {
  std::string path = shown_program();
  if (path.ends_with(replaced)) path.resize(path.size() - replaced.size());
  return path;
}

bool is_program_replaced() { return shown_program().ends_with(replaced); }

}  // namespace radhost
