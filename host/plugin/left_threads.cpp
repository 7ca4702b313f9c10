// SPDX-License-Identifier: Apache-2.0
#include "plugin/left_threads.h"

#include <link.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
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
/// As much as a stack usually has.
constexpr size_t stack_max = size_t{8} << 20;
/// Of memory, at least: what can be read of one octet, can be read of all.
constexpr size_t page_size = 4096;
/// What is read of it at once.
constexpr size_t piece_size = size_t{64} << 10;

struct Range {
  uintptr_t begin;
  uintptr_t end;
  bool has(uintptr_t address) const { return begin <= address && address < end; }
};

/// Of the library that has an address; none where no library does.
std::vector<Range> code_with(const void* address) {
  struct Search {
    uintptr_t address;
    std::vector<Range> code;
  } search{reinterpret_cast<uintptr_t>(address), {}};
  auto look = [](dl_phdr_info* library, size_t, void* data) {
    auto& wanted = *static_cast<Search*>(data);
    std::vector<Range> code;
    for (size_t i = 0; i < library->dlpi_phnum; ++i) {
      const auto& part = library->dlpi_phdr[i];
      uintptr_t begin = library->dlpi_addr + part.p_vaddr;
      if (part.p_type == PT_LOAD && (part.p_flags & PF_X) != 0) code.push_back({begin, begin + part.p_memsz});
    }
    bool is_there = std::any_of(code.begin(), code.end(), [&](const Range& range) { return range.has(wanted.address); });
    if (is_there) wanted.code = std::move(code);
    return is_there ? 1 : 0;
  };
  dl_iterate_phdr(look, &search);
  return search.code;
}

/// Who has given up root may not see where its own threads are, unless it says that anybody of its user may.
class Visible {
 public:
  Visible() : was_dumpable_(prctl(PR_GET_DUMPABLE) == 1) {
    if (!was_dumpable_) prctl(PR_SET_DUMPABLE, 1);
  }
  Visible(const Visible&) = delete;
  Visible& operator=(const Visible&) = delete;
  ~Visible() {
    if (!was_dumpable_) prctl(PR_SET_DUMPABLE, 0);
  }

 private:
  bool was_dumpable_;
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

/// Is an address of the code on the stack that has its end there? Read by the system, which minds neither what others
/// write there meanwhile nor what is gone. Above the stack is often nothing that can be read: that ends it.
bool has_code(uintptr_t stack, const std::vector<Range>& code) {
  std::vector<uintptr_t> words(piece_size / sizeof(uintptr_t));
  uintptr_t at = stack & ~(sizeof(uintptr_t) - 1);
  for (size_t looked = 0; looked < stack_max;) {
    // Pieces end where pages do: what can be read of one that ends in the middle, is read.
    size_t wanted = piece_size - at % piece_size;
    iovec here{words.data(), wanted};
    std::array<iovec, piece_size / page_size> there;
    size_t pages = 0;
    for (uintptr_t begin = at; begin < at + wanted; ++pages) {
      size_t size = page_size - begin % page_size;
      there[pages] = {reinterpret_cast<void*>(begin), size};
      begin += size;
    }
    ssize_t read = process_vm_readv(getpid(), &here, 1, there.data(), pages, 0);
    if (read <= 0) return false;
    auto end = words.begin() + static_cast<std::ptrdiff_t>(static_cast<size_t>(read) / sizeof(uintptr_t));
    for (const Range& range : code)
      if (std::any_of(words.begin(), end, [range](uintptr_t word) { return range.has(word); })) return true;
    if (static_cast<size_t>(read) < wanted) return false;
    at += wanted;
    looked += wanted;
  }
  return false;
}

bool is_inside(const fs::path& task, const std::vector<Range>& code) {
  std::optional<uintptr_t> stack;
  for (int look = 0; look < looks_max && !stack; ++look) {
    if (look != 0) std::this_thread::sleep_for(between_looks);
    stack = stack_pointer(task);
  }
  return stack && has_code(*stack, code);
}

}  // namespace

size_t count_threads_inside(const void* code_address) {
  std::vector<Range> code = code_with(code_address);
  if (code.empty()) return 0;
  Visible visible;
  size_t count = 0;
  std::error_code error;
  for (const fs::directory_entry& task : fs::directory_iterator("/proc/self/task", error)) {
    int number = std::atoi(task.path().filename().c_str());
    bool is_ours = number == gettid() || number == getpid() || OwnThread::is_one(number);
    if (!is_ours && is_inside(task.path(), code)) ++count;
  }
  return count;
}

}  // namespace radhost
