// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elf.h>

#include <cstring>
#include <optional>

#include "base/octets.h"

namespace radhost {

/// A struct at an offset of an ELF file, if it lies within. Nothing else of a file is trusted either.
template <class T>
std::optional<T> read_at(Octets file, uint64_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

}  // namespace radhost
