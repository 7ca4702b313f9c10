// SPDX-License-Identifier: Apache-2.0
#include "plugin/left_threads.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

#include "base/own_thread.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;

/// One that runs is looked at again: nobody knows where it is.
constexpr int looks_max = 10;
constexpr std::chrono::milliseconds between_looks{2};

struct Range {
  uintptr_t begin;
  uintptr_t end;
  bool has(uintptr_t address) const { return begin <= address && address < end; }
};

struct Mappings {
  std::vector<Range> code;  // of the file
  std::vector<Range> data;  // of no file: stacks are among them

  explicit Mappings(const std::string& file) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      Range range{};
      std::array<char, 5> mode{};
      if (std::sscanf(line.c_str(), "%lx-%lx %4s", &range.begin, &range.end, mode.data()) != 3) continue;
      size_t path = line.find('/');
      if (path == std::string::npos && mode[1] == 'w') data.push_back(range);
      if (path != std::string::npos && mode[2] == 'x' && line.compare(path, std::string::npos, file) == 0)
        code.push_back(range);
    }
  }
};

/// Where a thread's stack ends that waits for the system; nothing while it runs, or where it has ended.
std::optional<uintptr_t> stack_pointer(const fs::path& task) {
  std::ifstream file(task / "syscall");
  std::string text;
  std::getline(file, text);
  // "NUMBER ARGUMENTS… SP PC", or "-1 SP PC", or "running".
  size_t last = text.rfind(' ');
  if (last == std::string::npos || last == 0) return std::nullopt;
  size_t before = text.rfind(' ', last - 1);
  if (before == std::string::npos) return std::nullopt;
  return std::strtoull(text.c_str() + before + 1, nullptr, 16);
}

/// Is an address of the code on this part of a stack? Read by the system, which minds neither what others write there
/// meanwhile nor what is gone.
bool has_code(Range stack, const std::vector<Range>& code) {
  std::vector<uintptr_t> words(8192);
  for (uintptr_t at = stack.begin & ~(sizeof(uintptr_t) - 1); at < stack.end; at += words.size() * sizeof(uintptr_t)) {
    iovec here{words.data(), std::min<size_t>(words.size() * sizeof(uintptr_t), stack.end - at)};
    iovec there{reinterpret_cast<void*>(at), here.iov_len};
    ssize_t octets = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
    if (octets <= 0) return false;
    auto end = words.begin() + octets / static_cast<ssize_t>(sizeof(uintptr_t));
    bool found = std::any_of(words.begin(), end, [&](uintptr_t word) {
      return std::any_of(code.begin(), code.end(), [&](const Range& range) { return range.has(word); });
    });
    if (found) return true;
  }
  return false;
}

bool is_inside(const fs::path& task, const Mappings& mappings) {
  std::optional<uintptr_t> pointer;
  for (int look = 0; look < looks_max && !pointer; ++look) {
    if (look != 0) std::this_thread::sleep_for(between_looks);
    pointer = stack_pointer(task);
  }
  if (!pointer) return false;
  for (const Range& range : mappings.data)
    if (range.has(*pointer)) return has_code({*pointer, range.end}, mappings.code);
  return false;
}

}  // namespace

size_t count_threads_inside(const std::string& file) {
  Mappings mappings(file);
  if (mappings.code.empty()) return 0;
  size_t count = 0;
  std::error_code error;
  for (const fs::directory_entry& task : fs::directory_iterator("/proc/self/task", error)) {
    int number = std::atoi(task.path().filename().c_str());
    if (number != gettid() && !OwnThread::is_one(number) && is_inside(task.path(), mappings)) ++count;
  }
  return count;
}

}  // namespace radhost
