// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace radhost {

/// Gives memory back to the system when many connections have gone: the allocator keeps what they had, and one peak would
/// stay for ever. The main thread, so that no worker waits for it.
class MemoryTrim {
 public:
  /// Now and then. `open`: how many connections there are; `ended`: how many there have been.
  void look(uint64_t open, uint64_t ended);

 private:
  uint64_t ended_ = 0;  // when it was done last
};

}  // namespace radhost
