// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace radhost {

/// A regular file that is open for reading. What it is called and what it holds are asked of the open file, so nobody
/// can put another one in its place in between.
class SourceFile {
 public:
  /// What is no regular file is std::errc::invalid_argument.
  static Result<SourceFile, std::error_code> open(const std::string& path);
  SourceFile(SourceFile&& other) noexcept;
  SourceFile& operator=(SourceFile&&) = delete;
  ~SourceFile();

  /// The path from the root, links followed.
  const std::string& real_path() const { return real_path_; }

  int descriptor() const { return descriptor_; }

  /// All that it holds.
  Result<std::string, std::error_code> read() const;
  /// The same piece by piece, for as long as `take` wants more. Between two pieces whoever else wants the processor has
  /// it: those that serve do not notice how large a file is.
  std::error_code read(const std::function<bool(std::string_view piece)>& take) const;

 private:
  SourceFile(int descriptor, size_t size, std::string real_path)
      : descriptor_(descriptor), size_(size), real_path_(std::move(real_path)) {}

  int descriptor_;
  size_t size_;
  std::string real_path_;
};

}  // namespace radhost
