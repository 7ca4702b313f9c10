// SPDX-License-Identifier: Apache-2.0
#include "packet/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<size_t> allocated = 0;

}  // namespace

size_t radhost::test::octets_allocated() { return allocated; }

#ifdef RADHOST_COUNT_ALLOCATIONS
// The other forms of new and delete call these.
void* operator new(size_t size) {
  allocated += size;
  void* place = std::malloc(size == 0 ? 1 : size);
  if (place == nullptr) throw std::bad_alloc();
  return place;
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, size_t) noexcept { std::free(place); }
#endif
