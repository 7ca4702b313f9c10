// SPDX-License-Identifier: Apache-2.0
#include "base/lazy_array.h"

#include <sys/mman.h>

#include <new>

namespace radhost {

LazyMemory::LazyMemory(size_t octets) : begin_(nullptr), octets_(octets) {
  if (octets == 0) return;
  begin_ = mmap(nullptr, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (begin_ == MAP_FAILED) throw std::bad_alloc();
}

void LazyMemory::grow(size_t octets) {
  if (octets <= octets_) return;
  if (begin_ == nullptr) {
    *this = LazyMemory(octets);
    return;
  }
  void* grown = mremap(begin_, octets_, octets, MREMAP_MAYMOVE);
  if (grown == MAP_FAILED) throw std::bad_alloc();
  begin_ = grown;
  octets_ = octets;
}

LazyMemory::~LazyMemory() {
  if (begin_ != nullptr) munmap(begin_, octets_);
}

}  // namespace radhost
