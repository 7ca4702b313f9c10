// SPDX-License-Identifier: Apache-2.0
#include "server/memory_trim.h"

#include <malloc.h>

namespace radhost {
namespace {

/// What fewer have left is not worth the while.
constexpr uint64_t ended_min = 256;

}  // namespace

void MemoryTrim::look(uint64_t open, uint64_t ended) {
  uint64_t gone = ended - ended_;
  if (gone < ended_min || open > gone / 4) return;
  ended_ = ended;
  malloc_trim(0);
}

}  // namespace radhost
