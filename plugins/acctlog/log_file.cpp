// SPDX-License-Identifier: Apache-2.0
#include "log_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace acctlog {
namespace {

constexpr uint64_t look_every_ns = 1'000'000'000;

std::error_code last_error() { return {errno, std::generic_category()}; }

ssize_t write_once(int fd, std::string_view line) {
  ssize_t written = -1;
  do written = ::write(fd, line.data(), line.size());
  while (written < 0 && errno == EINTR);
  return written;
}

/// Brings a new file's name to the disk. A folder that cannot be synced costs no record.
void sync_folder(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

class LogFile::Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(fd_); }

  int get() const { return fd_; }

 private:
  int fd_;
};

std::error_code LogFile::open() {
  const std::lock_guard lock(mutex_);
  return replace();
}

std::error_code LogFile::append(std::string_view line, uint64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = follow(now_ns)) return error;

  if (torn_ && write_once(file_->get(), "\n") != 1) return last_error();
  torn_ = false;
  const ssize_t written = write_once(file_->get(), line);
  if (written < 0) return last_error();
  if (static_cast<size_t>(written) < line.size()) {
    take_back(static_cast<size_t>(written));
    return std::make_error_code(std::errc::no_space_on_device);
  }
  if (fsync_ == Fsync::Always && ::fdatasync(file_->get()) != 0) {
    const std::error_code error = last_error();
    take_back(line.size());
    return error;
  }
  if (fsync_ == Fsync::Interval && (unsynced_.empty() || unsynced_.back() != file_)) unsynced_.push_back(file_);
  return {};
}

std::error_code LogFile::sync() {
  std::vector<std::shared_ptr<Descriptor>> files;
  {
    const std::lock_guard lock(mutex_);
    files.swap(unsynced_);
  }
  std::error_code error;
  for (const auto& file : files)
    if (::fdatasync(file->get()) != 0) error = last_error();
  return error;
}

std::error_code LogFile::replace() {
  const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) return last_error();
  file_ = std::make_shared<Descriptor>(fd);
  torn_ = false;
  if (fsync_ != Fsync::Never) sync_folder(path_);
  return {};
}

/// Is the path still the open file's? Else opens it anew: a line must not vanish with a file that was
/// removed.
std::error_code LogFile::follow(uint64_t now_ns) {
  if (file_ && now_ns - looked_ns_ < look_every_ns) return {};
  looked_ns_ = now_ns;
  struct stat at_path {};
  struct stat opened {};
  const bool there = ::stat(path_.c_str(), &at_path) == 0;
  const bool known = file_ && ::fstat(file_->get(), &opened) == 0;
  if (there && known && at_path.st_dev == opened.st_dev && at_path.st_ino == opened.st_ino) return {};

  const std::error_code error = replace();
  // A renamed file keeps what is written to it; one without a name does not.
  if (!error || (known && opened.st_nlink > 0)) return {};
  looked_ns_ = now_ns - look_every_ns;  // the next line looks again
  return error;
}

/// Cuts off the last `written` octets, which are the beginning of a line, unless somebody else, such as the
/// instance that a reload replaces, has appended behind them: then the rest of the line is left to be closed.
void LogFile::take_back(size_t written) {
  if (written == 0) return;
  const off_t end = ::lseek(file_->get(), 0, SEEK_CUR);
  struct stat status {};
  const bool is_last = end >= 0 && ::fstat(file_->get(), &status) == 0 && status.st_size == end;
  torn_ = !is_last || ::ftruncate(file_->get(), end - static_cast<off_t>(written)) != 0;
}

}  // namespace acctlog
