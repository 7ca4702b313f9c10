// SPDX-License-Identifier: Apache-2.0
/// A file that grows by whole lines.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <stdint.h>

namespace acctlog {

/// When what was written must have reached the disk.
enum class Fsync {
  Always,    // before append returns
  Interval,  // when sync is called
  Never      // when the system thinks fit
};

/// Any number of threads may append. The file may be renamed or removed under it: it is opened anew when it
/// is told to, and by itself within a second.
class LogFile {
 public:
  LogFile(std::string path, Fsync fsync) : path_(std::move(path)), fsync_(fsync) {}

  /// Opens the file, or makes it (mode 0640). Later: opens it anew, and keeps the old one when that fails.
  std::error_code open();

  /// Appends a line, which ends in a newline, in one write. When that fails, the file is as it was before.
  /// `now_ns` is any clock that does not go back.
  std::error_code append(std::string_view line, uint64_t now_ns);

  /// Brings to the disk what was appended since the last time. Lets others append meanwhile.
  std::error_code sync();

  const std::string& path() const { return path_; }

 private:
  class Descriptor;

  std::error_code replace();
  std::error_code follow(uint64_t now_ns);
  void take_back(size_t written);

  const std::string path_;
  const Fsync fsync_;
  std::mutex mutex_;  // guards all below
  std::shared_ptr<Descriptor> file_;
  std::vector<std::shared_ptr<Descriptor>> unsynced_;  // this file, and those before it
  bool torn_ = false;                                  // the file ends in a part of a line
  uint64_t looked_ns_ = 0;
};

}  // namespace acctlog
