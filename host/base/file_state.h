// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace radhost {

/// By what it is seen that a file is another one, or was written to: everything that the system keeps of it. All zero
/// where there is none.
struct FileState {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;  ///< its owner, mode or name, too

  static FileState of(const std::string& path);
  bool operator==(const FileState&) const = default;
};

}  // namespace radhost
