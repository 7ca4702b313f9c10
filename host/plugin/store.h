// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "base/counter.h"
#include "base/hash.h"
#include "base/lazy_array.h"
#include "base/octets.h"
#include "base/timer_queue.h"
#include "config/config.h"

namespace radhost {

/// Octets under keys, for some time: what "radius.store/1" keeps, in memory, for all instances and workers
/// (radius/ext/store.h). In shards with a lock each. Bounded in entries and in octets; what is full refuses, and throws
/// out nothing that is still good. Values are wiped when they go. All functions may be called from any thread.
class Store {
  struct Entry;

 public:
  static constexpr size_t key_max = 1024;  ///< octets

  explicit Store(const StoreConfig& limits);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  /// Values that are kept already stay, though they may be more than that. There are as many buckets as the first bound
  /// wanted: with many times as many entries, each is found in as many times as many steps.
  void limit(const StoreConfig& limits) {
    entries_max_ = limits.max_entries;
    octets_max_ = limits.max_octets;
  }

  /// A value that was found: it stays as it is while somebody holds it, though it may have left the store.
  class Found {
   public:
    Found() = default;
    Found(Found&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
    Found& operator=(Found&& other) noexcept {
      std::swap(entry_, other.entry_);
      return *this;
    }
    ~Found();

    explicit operator bool() const { return entry_ != nullptr; }
    Octets octets() const;  ///< of one that holds something

   private:
    friend class Store;
    explicit Found(Entry* entry) : entry_(entry) {}
    Entry* entry_ = nullptr;
  };

  Found get(Octets key, uint64_t now_ns);

  /// Takes out what is there.
  Found take(Octets key, uint64_t now_ns);

  /// Keeps a copy until `until_ns`. False when the store is full; then nothing has changed.
  [[nodiscard]] bool put(Octets key, Octets value, uint64_t now_ns, uint64_t until_ns);

  /// The same where nothing is kept under the key; else gives what is.
  [[nodiscard]] bool put_new(Octets key, Octets value, uint64_t now_ns, uint64_t until_ns, Found& found);

  /// Drops what is over, a bounded number at a time.
  void expire(uint64_t now_ns);

  struct Totals {
    uint64_t entries = 0;
    uint64_t octets = 0;  ///< of keys and values
    uint64_t hits = 0;
    uint64_t misses = 0;
    uint64_t full = 0;  ///< refused
    uint64_t expired = 0;
  };
  Totals totals() const;

 private:
  static constexpr size_t shard_count = 16;
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    TimerQueue timers;
    Entry* expired = nullptr;  // dropped by the timers just now
    // Written under the lock.
    Counter hits, misses, full, expiries;
  };

  Entry* make(Octets key, Octets value, uint64_t hash, uint64_t until_ns);
  void release(Entry* entry);
  static void free(Entry* entry);

  Shard& shard_of(uint64_t hash) { return shards_[hash % shard_count]; }
  Entry*& bucket_of(uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }
  Entry* find(Octets key, uint64_t hash);
  Entry* find_current(Octets key, uint64_t hash, uint64_t now_ns, Found& over);
  Found unlink(Entry& entry);
  bool reserve(const Entry& entry, const Entry* in_place_of);
  bool add(Entry* made, bool only_new, uint64_t now_ns, Found& found);
  bool insert(Entry* made, bool only_new, uint64_t now_ns, Found& found, bool& is_full);
  void expire_some(uint64_t now_ns, size_t of_each_shard);

  std::atomic<uint64_t> entries_max_;
  std::atomic<uint64_t> octets_max_;
  KeyedHash hash_;
  std::array<Shard, shard_count> shards_;
  LazyArray<Entry*> buckets_;  // a bucket's entries are of one shard
  std::atomic<uint64_t> entries_{0};
  std::atomic<uint64_t> octets_{0};
};

}  // namespace radhost
