// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <functional>
#include <string>

#include "base/file_state.h"

namespace radhost {

/// Tells when a file has become another one: written over, or replaced, as compilers and editors do it. While it changes
/// again and again, nothing is told: only once it has stayed as it is for a while. The loop's thread; does not keep the
/// loop alive.
class FileWatch {
 public:
  /// `loop` outlives it, and turns once more. `known`: as the file was when it was read; it may be another one by now.
  FileWatch(uv_loop_t& loop, const std::string& path, const FileState& known, std::function<void()> changed);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  ~FileWatch();

  /// Why nothing will be told: the system cannot watch the file's folder. Empty when it does.
  std::string why_not() const { return error_ == 0 ? std::string() : uv_strerror(error_); }

 private:
  void look();
  void settle();

  const std::string path_;
  std::function<void()> changed_;
  FileState told_;  // as it was when it was told last
  FileState seen_;
  uv_fs_event_t* folder_;
  uv_timer_t* timer_;
  int error_;
};

}  // namespace radhost
