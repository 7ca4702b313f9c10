// SPDX-License-Identifier: Apache-2.0
#include "exchange/source_table.h"

#include <bit>

namespace radhost {

SourceTable::SourceTable(size_t sources_max)
    : sources_max_(sources_max), entries_(std::bit_ceil(2 * sources_max + 1)) {}

SourceTable::Key SourceTable::key_of(size_t client, const IpAddress& source) {
  return {source.octets, static_cast<uint32_t>(client), static_cast<uint32_t>(source.family)};
}

size_t SourceTable::place_of(const Key& key) const {
  return hash_({reinterpret_cast<const uint8_t*>(&key), sizeof key}) & (entries_.size() - 1);
}

bool SourceTable::contains(size_t client, const IpAddress& source) const {
  Key key = key_of(client, source);
  for (size_t at = place_of(key);; at = (at + 1) & (entries_.size() - 1)) {
    uint32_t use = entries_[at].use.load(std::memory_order_acquire);
    if (use == Free) return false;
    if (use == Written && entries_[at].key == key) return true;
  }
}

bool SourceTable::add(size_t client, const IpAddress& source) {
  if (contains(client, source)) return false;
  if (count_.fetch_add(1, std::memory_order_relaxed) >= sources_max_) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    has_overflowed_.store(true, std::memory_order_relaxed);
    return false;
  }
  // Two workers may add the same source at once; then it is there twice, which does no harm.
  Key key = key_of(client, source);
  for (size_t at = place_of(key);; at = (at + 1) & (entries_.size() - 1)) {
    uint32_t expected = Free;
    if (!entries_[at].use.compare_exchange_strong(expected, BeingWritten, std::memory_order_acq_rel)) continue;
    entries_[at].key = key;
    entries_[at].use.store(Written, std::memory_order_release);
    return true;
  }
}

void SourceTable::each(const std::function<void(size_t, const IpAddress&)>& visit) const {
  for (const Entry& entry : entries_)
    if (entry.use.load(std::memory_order_acquire) == Written)
      visit(entry.key.client, IpAddress{static_cast<IpAddress::Family>(entry.key.family), entry.key.octets});
}

}  // namespace radhost
