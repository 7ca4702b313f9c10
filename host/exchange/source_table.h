// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>

#include "base/address.h"
#include "base/hash.h"
#include "base/lazy_array.h"

namespace radhost {

/// A bounded set of source addresses of clients, shared by all workers: entries are only added, so looking up and
/// adding take no lock.
class SourceTable {
 public:
  explicit SourceTable(size_t sources_max);

  bool contains(size_t client, const IpAddress& source) const;
  /// False when it was there already, or there is no room.
  bool add(size_t client, const IpAddress& source);

  void each(const std::function<void(size_t client, const IpAddress& source)>& visit) const;
  /// Was there no room for one?
  bool has_overflowed() const { return has_overflowed_.load(std::memory_order_relaxed); }
  size_t size() const { return count_.load(std::memory_order_relaxed); }

 private:
  struct Key {
    std::array<uint8_t, 16> octets;
    uint32_t client;
    uint32_t family;
    bool operator==(const Key&) const = default;
  };
  enum Use : uint32_t {
    Free,
    BeingWritten,
    Written
  };
  struct Entry {
    std::atomic<uint32_t> use;
    Key key;
  };
  static Key key_of(size_t client, const IpAddress& source);
  size_t place_of(const Key& key) const;

  size_t sources_max_;
  KeyedHash hash_;
  LazyArray<Entry> entries_;  // a power of two, at most half full
  std::atomic<size_t> count_{0};
  std::atomic<bool> has_overflowed_{false};
};

}  // namespace radhost
