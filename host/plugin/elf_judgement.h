// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/octets.h"

namespace radhost {

/// Something about a shared library that a host should know before it loads it.
struct ElfFinding {
  enum class Weight : uint8_t {
    Listed,    ///< no fault, but good to know
    Noted,     ///< works, at a price
    Resident,  ///< can never be unloaded
    Refused    ///< does harm, or breaks
  } weight;
  std::string text;  ///< a clause of which the file is the subject: "it …"

  friend bool operator==(const ElfFinding&, const ElfFinding&) = default;
};

/// Judges a file that read_module_note has found to be a shared library for this machine, without running its code.
/// What is damaged is passed over: the loader refuses it, or does not look at it either.
std::vector<ElfFinding> judge_elf(Octets file);

/// The functions and variables that the file shows to others, in its order; but for what linkers add.
std::vector<std::string> exported_symbols(Octets file);

}  // namespace radhost
