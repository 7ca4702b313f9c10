// SPDX-License-Identifier: Apache-2.0
#include "cli/watched_child.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <new>
#include <system_error>

#include "base/clock.h"

namespace radhost {
namespace {

/// How often the parent looks.
constexpr int look_ms = 100;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// Memory that both processes see.
class SharedProgress {
 public:
  SharedProgress() {
    void* memory = mmap(nullptr, sizeof(RoundsProgress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    progress_ = new (memory) RoundsProgress;
  }
  SharedProgress(const SharedProgress&) = delete;
  SharedProgress& operator=(const SharedProgress&) = delete;
  ~SharedProgress() { munmap(progress_, sizeof *progress_); }
  RoundsProgress& operator*() const { return *progress_; }

 private:
  RoundsProgress* progress_;
};

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

[[noreturn]] void be_child(int out, const std::function<std::string(RoundsProgress&)>& job, RoundsProgress& progress) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // What the module prints is none of the parent's results.
  dup2(STDERR_FILENO, STDOUT_FILENO);
  try {
    write_all(out, job(progress));
  } catch (const std::exception& error) {
    std::cerr << "radhost: " << error.what() << "\n";
    std::_Exit(1);
  }
  std::cerr.flush();
  std::_Exit(0);
}

std::string place(const RoundsProgress& progress) {
  bool is_between = progress.step == RoundsProgress::Step::Between;
  std::string step = is_between ? "between two steps, by what it left behind" : "in " + progress.step_word();
  return " " + step + " (round " + std::to_string(progress.round.load()) + ")";
}

/// Reads until the child closes its end, or makes no progress for too long. False then.
bool read_all(int in, const RoundsProgress& progress, uint32_t patience_ms, std::string& said) {
  uint64_t changes = progress.changes;
  uint64_t changed_ns = monotonic_ns();
  for (;;) {
    pollfd ready{in, POLLIN, 0};
    int count = poll(&ready, 1, look_ms);
    if (count > 0) {
      char octets[4096];
      ssize_t size = read(in, octets, sizeof octets);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return true;
      said.append(octets, static_cast<size_t>(size));
    }
    if (progress.changes != changes) {
      changes = progress.changes;
      changed_ns = monotonic_ns();
    }
    if (monotonic_ns() - changed_ns > uint64_t{patience_ms} * 1000000) return false;
  }
}

std::string signal_name(int number) {
  const char* name = sigabbrev_np(number);
  return name == nullptr ? "signal " + std::to_string(number) : "SIG" + std::string(name);
}

}  // namespace

ChildEnd run_watched(const std::function<std::string(RoundsProgress&)>& job, uint32_t patience_ms) {
  SharedProgress progress;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
  std::cout.flush();
  std::cerr.flush();
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    close(ends[0]);
    be_child(ends[1], job, *progress);
  }
  close(ends[1]);
  ChildEnd end;
  bool came_back = read_all(ends[0], *progress, patience_ms, end.said);
  close(ends[0]);
  if (!came_back) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (!came_back) end.sudden = "does not come back" + place(*progress);
  else if (WIFSIGNALED(status)) end.sudden = "is killed by " + signal_name(WTERMSIG(status)) + place(*progress);
  else if (end.said.empty()) end.sudden = "ends the process" + place(*progress);
  return end;
}

}  // namespace radhost
