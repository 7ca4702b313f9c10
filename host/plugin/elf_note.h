// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/octets.h"
#include "base/result.h"

namespace radhost {

/// What a module's ELF note says (radius/note.h), read from the file without running any of its code.
struct ModuleNote {
  uint32_t abi_major = 0;
  uint32_t abi_minor = 0;
  uint32_t least_host_minor = 0;
  std::string id;
  std::string version;
};

/// Finds the note in a file's octets. The error says why this is no module: not ELF, another machine, no note.
Result<ModuleNote, std::string> read_module_note(Octets file);

/// Why this host does not load a module with such a note; empty when it does.
std::string refuse_note(const ModuleNote& note);

}  // namespace radhost
