// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <csignal>
#include <map>
#include <string>
#include <vector>

namespace radhost {

/// What this process has at one moment, as the system tells it.
struct ProcessState {
  size_t threads = 0;
  std::map<std::string, size_t> descriptors;  ///< how many, by what they are
  std::map<std::string, size_t> mappings;     ///< how many, by file; memory of no file is ""
  std::array<const void*, NSIG> handlers{};   ///< of signals

  static ProcessState now();
};

/// What rounds of the same left: `before` the first, when some had warmed up, and `after` the last, `rounds` later.
struct ProcessStates {
  ProcessState before, warm, after;
  /// Octets that are allocated; also half way from `warm` to `after`. All zero where that is not known.
  struct Memory {
    size_t warm, half_way, after;
  } memory;
  size_t rounds;
};

/// Names what is left behind, in a sentence each; none when all is as it was.
std::vector<std::string> name_leaks(const ProcessStates& states);

}  // namespace radhost
