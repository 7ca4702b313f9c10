// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace radhost {

/// A folder that is there while this lives.
struct TemporaryFolder {
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { remove(); }

  /// Before the process ends at once.
  void remove() const;

  std::string path;
};

/// Ends the process where nothing of it may end by itself: a thread is still inside of a module.
[[noreturn]] void exit_at_once(int status);

}  // namespace radhost
