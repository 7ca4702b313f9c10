// SPDX-License-Identifier: Apache-2.0
#include "plugin/token_table.h"

#include "plugin/request.h"

namespace radhost {

TokenTable::~TokenTable() {
  for (std::atomic<Chunk*>& chunk : chunks_) delete chunk.load(std::memory_order_relaxed);
}

uint32_t TokenTable::add(radius_request& slot) {
  std::lock_guard lock(growing_);
  if (count_ == slots_max) return 0;
  std::atomic<Chunk*>& place = chunks_[count_ / chunk_size];
  if (place.load(std::memory_order_relaxed) == nullptr) place.store(new Chunk{}, std::memory_order_release);
  (*place.load(std::memory_order_relaxed))[count_ % chunk_size].store(&slot, std::memory_order_release);
  return ++count_;
}

radius_request* TokenTable::find(radius_token_t token) const {
  uint64_t number = token >> 32;
  if (number == 0 || number > slots_max) return nullptr;
  const Chunk* chunk = chunks_[(number - 1) / chunk_size].load(std::memory_order_acquire);
  return chunk == nullptr ? nullptr : (*chunk)[(number - 1) % chunk_size].load(std::memory_order_acquire);
}

size_t TokenTable::count_pinned(const Instance& instance) {
  std::lock_guard lock(growing_);
  size_t pinned = 0;
  for (uint32_t i = 0; i < count_; ++i) {
    const radius_request* slot = (*chunks_[i / chunk_size].load(std::memory_order_acquire))[i % chunk_size].load();
    if (slot->state.is_pinned() && slot->asked == &instance) ++pinned;
  }
  return pinned;
}

}  // namespace radhost
