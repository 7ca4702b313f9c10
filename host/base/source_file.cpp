// SPDX-License-Identifier: Apache-2.0
#include "base/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

namespace radhost {
namespace {

namespace fs = std::filesystem;

constexpr size_t piece_size = size_t{64} << 10;
/// Between two pieces others may have the processor. (sched_yield would give a whole time slice away: where the machine is
/// busy, and this thread gives way to others anyway, it comes back a quarter of a second later.)
constexpr std::chrono::microseconds pause{20};

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
  std::string piece(std::min(size_, piece_size), '\0');
  // What is written to it meanwhile is not its own: it is as large as it was.
  for (size_t used = 0; used < size_;) {
    ssize_t count = pread(descriptor_, piece.data(), std::min(size_ - used, piece.size()), static_cast<off_t>(used));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    if (count == 0) break;  // it has become shorter
    used += static_cast<size_t>(count);
    if (!take(std::string_view(piece).substr(0, static_cast<size_t>(count)))) break;
    if (used < size_) std::this_thread::sleep_for(pause);
  }
  return {};
}

}  // namespace radhost
