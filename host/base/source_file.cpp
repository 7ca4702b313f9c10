// SPDX-License-Identifier: Apache-2.0
#include "base/source_file.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/clock.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;

constexpr size_t piece_size = size_t{64} << 10;

/// Gives the processor to a worker that waits for it, which needs it for a moment. Others who want it take their whole time
/// slice: who has met them does not give it away again.
class Courtesy {
 public:
  void yield() {
    if (!is_heeded_) return;
    uint64_t begin = monotonic_ns();
    sched_yield();
    is_heeded_ = monotonic_ns() - begin < moment_ns;
  }

 private:
  static constexpr uint64_t moment_ns = 1'000'000;
  bool is_heeded_ = true;
};

std::error_code last_error() { return {errno, std::generic_category()}; }

}  // namespace

Result<SourceFile, std::error_code> SourceFile::open(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not make it wait
  if (descriptor < 0) return last_error();
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return std::make_error_code(std::errc::invalid_argument);
  }
  std::error_code error;
  fs::path real = fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error);
  if (error) real = fs::canonical(path, error);
  return SourceFile(descriptor, static_cast<size_t>(status.st_size), real.string());
}

SourceFile::SourceFile(SourceFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_), real_path_(std::move(other.real_path_)) {}

SourceFile::~SourceFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::string, std::error_code> SourceFile::read() const {
  std::string content;
  content.reserve(size_);
  std::error_code error = read([&content](std::string_view piece) {
    content += piece;
    return true;
  });
  if (error) return error;
  return content;
}

std::error_code SourceFile::read(const std::function<bool(std::string_view piece)>& take) const {
  Courtesy courtesy;
  std::string piece(std::min(size_, piece_size), '\0');
  // What is written to it meanwhile is not its own: it is as large as it was.
  for (size_t used = 0; used < size_;) {
    ssize_t count = pread(descriptor_, piece.data(), std::min(size_ - used, piece.size()), static_cast<off_t>(used));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    if (count == 0) break;  // it has become shorter
    used += static_cast<size_t>(count);
    if (!take(std::string_view(piece).substr(0, static_cast<size_t>(count)))) break;
    courtesy.yield();
  }
  return {};
}

}  // namespace radhost
