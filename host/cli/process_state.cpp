// SPDX-License-Identifier: Apache-2.0
#include "cli/process_state.h"

#include <string.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace radhost {
namespace {

namespace fs = std::filesystem;

/// What of a module's memory may come and go between two rounds.
constexpr size_t memory_noise = 16;
/// With fewer rounds, memory that grows and memory that warms up look the same.
constexpr size_t memory_rounds_min = 10;

size_t count_threads() {
  size_t count = 0;
  for ([[maybe_unused]] const fs::directory_entry& task : fs::directory_iterator("/proc/self/task")) ++count;
  return count;
}

/// Without the one by which they are read. Numbers of sockets and pipes say nothing to anybody.
std::map<std::string, size_t> read_descriptors() {
  std::map<std::string, size_t> found;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    std::string what = fs::read_symlink(entry.path(), gone).string();
    if (gone || what.starts_with("/proc/")) continue;
    if (size_t end = what.find(":["); end != std::string::npos) what = "a " + what.substr(0, end);
    if (what.starts_with("anon_inode:")) what = "an " + what.substr(what.find(':') + 1);
    ++found[what];
  }
  return found;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool counts_memory = false;  ///< the sanitizer's own comes and goes
#else
constexpr bool counts_memory = true;
#endif

/// Stacks and heaps that the system made are mappings of no file.
std::map<std::string, size_t> read_mappings() {
  std::map<std::string, size_t> found;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    size_t path = line.find('/');
    if (path != std::string::npos) ++found[line.substr(path)];
    else if (counts_memory) ++found[{}];
  }
  return found;
}

std::array<const void*, NSIG> read_handlers() {
  std::array<const void*, NSIG> found{};
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) == 0)
      found[static_cast<size_t>(number)] = reinterpret_cast<const void*>(action.sa_handler);
  }
  return found;
}

size_t sum(const std::map<std::string, size_t>& counts) {
  size_t all = 0;
  for (const auto& [what, count] : counts) all += count;
  return all;
}

/// Those that there are more of later, such as.
std::string first_grown(const std::map<std::string, size_t>& before, const std::map<std::string, size_t>& after) {
  for (const auto& [what, count] : after) {
    auto found = before.find(what);
    if (count > (found == before.end() ? 0 : found->second)) return what;
  }
  return {};
}

/// "3 threads are left behind", "a thread more each round", or nothing.
std::string grown(const std::string& what, size_t before, size_t warm, size_t after, size_t rounds) {
  if (after <= before) return {};
  bool grows = after >= warm + (rounds + 1) / 2 && rounds > 1;
  auto tenths = grows ? (10 * (after - warm) + rounds / 2) / rounds : 0;
  std::string number = std::to_string(tenths / 10) + (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10));
  return grows ? what + ": " + number + " more each round"
               : what + ": " + std::to_string(after - before) + " left behind";
}

std::string signal_name(size_t number) {
  const char* name = sigabbrev_np(static_cast<int>(number));
  return name == nullptr ? "signal " + std::to_string(number) : "SIG" + std::string(name);
}

}  // namespace

ProcessState ProcessState::now() { return {count_threads(), read_descriptors(), read_mappings(), read_handlers()}; }

std::vector<std::string> name_leaks(const ProcessStates& states) {
  const auto& [before, warm, after, memory, rounds] = states;
  std::vector<std::string> leaks;
  auto name = [&](std::string leak, const std::string& example = {}) {
    if (!leak.empty()) leaks.push_back(leak + (example.empty() ? "" : ", such as " + example));
  };
  std::string threads = grown("threads", before.threads, warm.threads, after.threads, rounds);
  name(threads);
  name(grown("descriptors", sum(before.descriptors), sum(warm.descriptors), sum(after.descriptors), rounds),
       first_grown(before.descriptors, after.descriptors));
  for (size_t number = 1; number < before.handlers.size(); ++number)
    if (before.handlers[number] != after.handlers[number])
      name("signal handlers: the one of " + signal_name(number) + " is left changed");
  // A thread has its stack, and memory of its own.
  bool maps_grow = sum(after.mappings) >= sum(warm.mappings) + (rounds + 1) / 2 && rounds > 1;
  if (maps_grow && threads.empty()) {
    std::string example = first_grown(warm.mappings, after.mappings);
    name(grown("mappings", 0, sum(warm.mappings), sum(after.mappings), rounds),
         example.empty() ? "memory of no file" : example);
  }
  bool memory_grows = memory.after > memory.half_way && memory.half_way > memory.warm &&
                      memory.after - memory.warm >= memory_noise * rounds && rounds >= memory_rounds_min;
  if (memory_grows && threads.empty())
    name("memory: " + std::to_string((memory.after - memory.warm) / rounds) + " octets more each round");
  return leaks;
}

}  // namespace radhost
