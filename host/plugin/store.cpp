// SPDX-License-Identifier: Apache-2.0
#include "plugin/store.h"

#include <algorithm>
#include <bit>
#include <new>

namespace radhost {
namespace {

constexpr size_t buckets_max = size_t{1} << 22;
/// How many entries of each shard a sweep drops at most, and who finds the store full.
constexpr size_t sweep_max = 1024;
constexpr size_t sweep_when_full_max = 32;

}  // namespace

/// One allocation: the key lies behind it, and the value behind the key.
struct Store::Entry final : TimerQueue::Timer {
  Entry(Store& of, uint64_t key_hash, uint64_t until) : store(of), hash(key_hash), until_ns(until) {}
  ~Entry() override = default;

  Store& store;
  uint64_t hash;
  uint64_t until_ns;
  Entry* next = nullptr;  // in its bucket
  std::atomic<uint32_t> references{1};
  uint32_t key_size = 0;
  size_t value_size = 0;

  uint8_t* begin() { return reinterpret_cast<uint8_t*>(this + 1); }
  Octets key() { return {begin(), key_size}; }
  MutableOctets value() { return {begin() + key_size, value_size}; }
  uint64_t size() const { return key_size + value_size; }

 private:
  /// It is over. Its shard is locked.
  void expired() override {
    Shard& shard = store.shard_of(hash);
    shard.expiries.add();
    Found gone = store.unlink(*this);
    next = std::exchange(shard.expired, std::exchange(gone.entry_, nullptr));
  }
};

Store::Store(const StoreConfig& limits)
    : buckets_(std::bit_ceil(std::clamp<size_t>(limits.max_entries, shard_count, buckets_max))) {
  limit(limits);
}

Store::~Store() {
  for (Entry*& bucket : buckets_)
    while (bucket != nullptr) static_cast<void>(unlink(*bucket));
}

Store::Found::~Found() {
  if (entry_ != nullptr) entry_->store.release(entry_);
}

Octets Store::Found::octets() const { return entry_->value(); }

Store::Entry* Store::make(Octets key, Octets value, uint64_t hash, uint64_t until_ns) {
  void* memory = ::operator new(sizeof(Entry) + key.size() + value.size());
  auto* made = new (memory) Entry(*this, hash, until_ns);
  made->key_size = static_cast<uint32_t>(key.size());
  made->value_size = value.size();
  copy_octets({made->begin(), key.size()}, key);
  copy_octets(made->value(), value);
  return made;
}

void Store::free(Entry* entry) {
  wipe({entry->begin(), entry->size()});
  entry->~Entry();
  ::operator delete(entry);
}

/// Octets are in use until nobody holds them.
void Store::release(Entry* entry) {
  if (entry->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  octets_.fetch_sub(entry->size(), std::memory_order_relaxed);
  free(entry);
}

Store::Entry* Store::find(Octets key, uint64_t hash) {
  for (Entry* entry = bucket_of(hash); entry != nullptr; entry = entry->next)
    if (entry->hash == hash && equal_in_constant_time(entry->key(), key)) return entry;
  return nullptr;
}

/// The same, but for what is over: that goes to `over`, which must outlive the lock.
Store::Entry* Store::find_current(Octets key, uint64_t hash, uint64_t now_ns, Found& over) {
  Entry* entry = find(key, hash);
  if (entry == nullptr || entry->until_ns > now_ns) return entry;
  shard_of(hash).expiries.add();
  over = unlink(*entry);
  return nullptr;
}

/// Takes an entry out. Its shard is locked, and its octets are wiped later: who gets it lets go of it.
Store::Found Store::unlink(Entry& entry) {
  Entry** place = &bucket_of(entry.hash);
  while (*place != &entry) place = &(*place)->next;
  *place = entry.next;
  shard_of(entry.hash).timers.stop(entry);
  entries_.fetch_sub(1, std::memory_order_relaxed);
  return Found(&entry);
}

Store::Found Store::get(Octets key, uint64_t now_ns) {
  uint64_t hash = hash_(key);
  Shard& shard = shard_of(hash);
  Found over;
  std::lock_guard lock(shard.mutex);
  Entry* entry = find_current(key, hash, now_ns, over);
  (entry != nullptr ? shard.hits : shard.misses).add();
  if (entry == nullptr) return {};
  entry->references.fetch_add(1, std::memory_order_relaxed);
  return Found(entry);
}

Store::Found Store::take(Octets key, uint64_t now_ns) {
  uint64_t hash = hash_(key);
  Shard& shard = shard_of(hash);
  Found over;
  std::lock_guard lock(shard.mutex);
  Entry* entry = find_current(key, hash, now_ns, over);
  (entry != nullptr ? shard.hits : shard.misses).add();
  return entry == nullptr ? Found() : unlink(*entry);
}

/// Is there room for an entry, where another may go? Then it is taken.
bool Store::reserve(const Entry& entry, const Entry* in_place_of) {
  bool is_last_reference = in_place_of != nullptr && in_place_of->references.load(std::memory_order_relaxed) == 1;
  uint64_t entries_bound = entries_max_ + (in_place_of != nullptr ? 1 : 0);
  uint64_t octets_bound = octets_max_ + (is_last_reference ? in_place_of->size() : 0);
  if (entries_.fetch_add(1, std::memory_order_relaxed) >= entries_bound) {
    entries_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  if (octets_.fetch_add(entry.size(), std::memory_order_relaxed) + entry.size() > octets_bound) {
    octets_.fetch_sub(entry.size(), std::memory_order_relaxed);
    entries_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  return true;
}

/// Puts an entry where it belongs. False when it did not come in: what is in its place is found, or there is no room.
bool Store::insert(Entry* made, bool only_new, uint64_t now_ns, Found& found, bool& is_full) {
  Shard& shard = shard_of(made->hash);
  Found over, replaced;
  std::lock_guard lock(shard.mutex);
  Entry* there = find_current(made->key(), made->hash, now_ns, over);
  if (there != nullptr && only_new) {
    there->references.fetch_add(1, std::memory_order_relaxed);
    found = Found(there);
    return false;
  }
  if (!reserve(*made, there)) {
    is_full = true;
    return false;
  }
  if (there != nullptr) replaced = unlink(*there);
  Entry*& bucket = bucket_of(made->hash);
  made->next = std::exchange(bucket, made);
  shard.timers.start(*made, made->until_ns);
  return true;
}

bool Store::put(Octets key, Octets value, uint64_t now_ns, uint64_t until_ns) {
  Found replaced;
  return add(make(key, value, hash_(key), until_ns), false, now_ns, replaced);
}

bool Store::put_new(Octets key, Octets value, uint64_t now_ns, uint64_t until_ns, Found& found) {
  return add(make(key, value, hash_(key), until_ns), true, now_ns, found);
}

/// Puts an entry in, or ends it.
bool Store::add(Entry* made, bool only_new, uint64_t now_ns, Found& found) {
  bool is_full = false;
  if (insert(made, only_new, now_ns, found, is_full)) return true;
  if (is_full) {
    // What is over need not be in the way.
    expire_some(now_ns, sweep_when_full_max);
    is_full = false;
    if (insert(made, only_new, now_ns, found, is_full)) return true;
  }
  if (is_full) {
    Shard& shard = shard_of(made->hash);
    std::lock_guard lock(shard.mutex);
    shard.full.add();
  }
  free(made);
  return false;
}

void Store::expire(uint64_t now_ns) { expire_some(now_ns, sweep_max); }

void Store::expire_some(uint64_t now_ns, size_t of_each_shard) {
  for (Shard& shard : shards_) {
    Entry* expired = nullptr;
    {
      std::lock_guard lock(shard.mutex);
      shard.timers.run(now_ns, of_each_shard);
      expired = std::exchange(shard.expired, nullptr);
    }
    while (expired != nullptr) release(std::exchange(expired, expired->next));
  }
}

Store::Totals Store::totals() const {
  Totals totals;
  for (const Shard& shard : shards_) {
    totals.hits += shard.hits.value();
    totals.misses += shard.misses.value();
    totals.full += shard.full.value();
    totals.expired += shard.expiries.value();
  }
  totals.entries = entries_.load(std::memory_order_relaxed);
  totals.octets = octets_.load(std::memory_order_relaxed);
  return totals;
}

}  // namespace radhost
