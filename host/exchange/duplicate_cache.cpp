// SPDX-License-Identifier: Apache-2.0
#include "exchange/duplicate_cache.h"

#include <bit>

#include "base/writer.h"
#include "packet/authenticator.h"

namespace radhost {
namespace {

bool is_dynauth(Code code) { return code == Code::CoaRequest || code == Code::DisconnectRequest; }

/// How many that ran out of time each new request helps to clear away.
constexpr int expired_a_step = 2;
/// The same of those beyond a bound: where it was lowered, each new one helps to come back to it.
constexpr int beyond_a_step = 2;

}  // namespace

DuplicateKey::DuplicateKey(const Datagram& datagram, const Packet& request) {
  Writer writer(octets);
  writer.put(datagram.peer.address.octets);
  writer.put(datagram.local.octets);
  writer.put_uint32(datagram.peer.scope_id);
  writer.put_uint16(datagram.peer.port);
  writer.put_uint16(datagram.local_port);
  writer.put_uint8(static_cast<uint8_t>(datagram.peer.address.family));
  writer.put_uint8(static_cast<uint8_t>(request.code()));
  writer.put_uint8(request.identifier());
  if (request_authenticator_is_digest(request.code())) writer.put(request.authenticator());
}

DuplicateCache::DuplicateCache(const Limits& limits, const KeyedHash& hash)
    : limits_(limits),
      hash_(hash),
      entries_(limits.entries + 1),
      buckets_(std::bit_ceil(limits.entries + 1)),
      blocks_(blocks_for(limits.octets) + 1) {}

void DuplicateCache::limit(const Limits& limits) {
  entries_.grow(limits.entries + 1);
  blocks_.grow(blocks_for(limits.octets) + 1);
  if (buckets_.size() < std::bit_ceil(limits.entries + 1)) grow_buckets();
  limits_ = limits;  // as there is room for all of it
}

/// As many as the entries want.
void DuplicateCache::grow_buckets() {
  LazyArray<uint32_t> before(std::bit_ceil(entries_.size()));
  std::swap(before, buckets_);
  for (uint32_t number : before)
    while (number != 0) {
      Entry& entry = entries_[number];
      uint32_t next = entry.next_in_bucket;
      entry.next_in_bucket = std::exchange(bucket(entry.key), number);
      number = next;
    }
}

bool DuplicateCache::is_dynauth(const Entry& entry) {
  constexpr size_t code_place = 16 + 16 + 4 + 2 + 2 + 1;
  return radhost::is_dynauth(static_cast<Code>(entry.key.octets[code_place]));
}

DuplicateCache::Lookup DuplicateCache::find_or_claim(const Packet& request, const DuplicateKey& key, uint64_t now_ns,
                                                     MutableOctets answer) {
  uint64_t fingerprint = hash_(request.octets());
  if (uint32_t number = find(key); number != 0) {
    Entry& entry = entries_[number];
    bool is_same = entry.fingerprint == fingerprint && (entry.in_progress || now_ns < entry.until_ns);
    if (is_same && entry.is_elsewhere) return {Found::Elsewhere, {}, 0};
    if (is_same && (entry.in_progress || entry.answer_size == 0 || now_ns < entry.from_ns))
      return {Found::InProgress, {}, 0};
    if (is_same) {
      unlink(number);
      link_newest(number);
      read(entry, answer);
      return {Found::Answered, {}, entry.answer_size};
    }
    remove(number);
  }
  drop_expired(now_ns);
  uint32_t number = add(key, fingerprint);
  return number == 0 ? Lookup() : Lookup{Found::New, {number, entries_[number].serial}, 0};
}

/// 0 when there is none.
uint32_t DuplicateCache::find(const DuplicateKey& key) {
  uint32_t number = bucket(key);
  while (number != 0 && entries_[number].key != key) number = entries_[number].next_in_bucket;
  return number;
}

/// A new one, in progress. 0 when all are in hand.
uint32_t DuplicateCache::add(const DuplicateKey& key, uint64_t fingerprint) {
  uint32_t number = take_entry();
  if (number == 0) return 0;
  Entry& entry = entries_[number];
  entry.key = key;
  entry.fingerprint = fingerprint;
  entry.in_progress = true;
  entry.next_in_bucket = std::exchange(bucket(key), number);
  return number;
}

DuplicateCache::Entry* DuplicateCache::current(const Claim& claim) {
  Entry& entry = entries_[claim.entry];
  return entry.in_progress && entry.serial == claim.serial ? &entry : nullptr;
}

bool DuplicateCache::remember(const Claim& claim, Octets answer, uint64_t now_ns, uint64_t from_ns) {
  if (claim.entry == 0) return true;
  Entry* entry = current(claim);
  if (entry == nullptr) return false;
  if (!store(*entry, answer)) {
    remove(claim.entry);
    return true;
  }
  entry->in_progress = false;
  entry->from_ns = from_ns;
  entry->until_ns = now_ns + (is_dynauth(*entry) ? limits_.dynauth_ttl_ns : limits_.ttl_ns);
  link_newest(claim.entry);
  return true;
}

void DuplicateCache::forget(const Claim& claim) {
  if (claim.entry != 0 && current(claim) != nullptr) remove(claim.entry);
}

/// A free entry; the one that was used least recently where there may be no more. 0 when all are in hand.
uint32_t DuplicateCache::take_entry() {
  for (int step = 0; step < beyond_a_step && used_ >= limits_.entries; ++step) {
    if (oldest_ == 0) return 0;
    remove(oldest_);
  }
  ++used_;
  if (free_entries_ == 0) return ++entries_touched_;
  uint32_t number = free_entries_;
  free_entries_ = entries_[number].next_in_bucket;
  return number;
}

void DuplicateCache::remove(uint32_t number) {
  Entry& entry = entries_[number];
  if (!entry.in_progress) unlink(number);
  uint32_t* link = &bucket(entry.key);
  while (*link != number) link = &entries_[*link].next_in_bucket;
  *link = entry.next_in_bucket;
  free_blocks(entry);
  entry.in_progress = entry.is_elsewhere = false;
  ++entry.serial;
  entry.next_in_bucket = std::exchange(free_entries_, number);
  --used_;
}

void DuplicateCache::link_newest(uint32_t number) {
  Entry& entry = entries_[number];
  entry.newer = 0;
  entry.older = newest_;
  if (newest_ != 0) entries_[newest_].newer = number;
  newest_ = number;
  if (oldest_ == 0) oldest_ = number;
  if (is_telling_ && untold_ == 0) untold_ = number;
}

void DuplicateCache::unlink(uint32_t number) {
  Entry& entry = entries_[number];
  if (untold_ == number) untold_ = entry.newer;
  (entry.newer != 0 ? entries_[entry.newer].older : newest_) = entry.older;
  (entry.older != 0 ? entries_[entry.older].newer : oldest_) = entry.newer;
}

/// Makes room by letting others go. False when there is none even so.
bool DuplicateCache::store(Entry& entry, Octets answer) {
  entry.answer_size = static_cast<uint16_t>(answer.size());
  uint32_t* link = &entry.blocks;
  while (!answer.empty()) {
    uint32_t number = take_block();
    *link = number;
    if (number == 0) return false;
    Block& block = blocks_[number];
    Octets part = answer.first(std::min(answer.size(), block_room));
    copy_octets(block.octets, part);
    answer = answer.subspan(part.size());
    block.next = 0;
    link = &block.next;
  }
  return true;
}

uint32_t DuplicateCache::take_block() {
  auto has_one = [this] { return free_blocks_ != 0 || blocks_touched_ + 1 < blocks_.size(); };
  for (int step = 0; (step < beyond_a_step && blocks_used_ >= blocks_for(limits_.octets)) || !has_one(); ++step) {
    if (oldest_ == 0) return 0;
    remove(oldest_);
  }
  ++blocks_used_;
  if (free_blocks_ == 0) return ++blocks_touched_;
  uint32_t number = free_blocks_;
  free_blocks_ = blocks_[number].next;
  return number;
}

void DuplicateCache::read(const Entry& entry, MutableOctets answer) const {
  MutableOctets rest = answer.first(entry.answer_size);
  for (uint32_t number = entry.blocks; number != 0; number = blocks_[number].next) {
    Octets part = Octets(blocks_[number].octets).first(std::min(rest.size(), block_room));
    copy_octets(rest, part);
    rest = rest.subspan(part.size());
  }
}

void DuplicateCache::free_blocks(Entry& entry) {
  while (entry.blocks != 0) {
    Block& block = blocks_[entry.blocks];
    wipe(block.octets);
    uint32_t next = block.next;
    block.next = std::exchange(free_blocks_, entry.blocks);
    entry.blocks = next;
    --blocks_used_;
  }
}

void DuplicateCache::drop_expired(uint64_t now_ns) {
  for (int step = 0; step < expired_a_step && oldest_ != 0 && entries_[oldest_].until_ns <= now_ns; ++step)
    remove(oldest_);
}

void DuplicateCache::begin_telling() {
  is_telling_ = true;
  untold_ = oldest_;
}

bool DuplicateCache::next_answered(DuplicateRecord& record) {
  if (untold_ == 0) return false;
  const Entry& entry = entries_[untold_];
  write(entry, record);
  untold_ = entry.newer;
  return true;
}

bool DuplicateCache::tell(const Claim& claim, DuplicateRecord& record) const {
  const Entry& entry = entries_[claim.entry];
  if (claim.entry == 0 || !entry.in_progress || entry.serial != claim.serial) return false;
  write(entry, record);
  return true;
}

void DuplicateCache::write(const Entry& entry, DuplicateRecord& record) const {
  record.key = entry.key.octets;
  record.fingerprint = entry.fingerprint;
  record.in_progress = entry.in_progress;
  record.from_ns = entry.from_ns;
  record.until_ns = entry.until_ns;
  record.answer.resize(entry.in_progress ? 0 : entry.answer_size);
  if (!entry.in_progress) read(entry, record.answer);
}

void DuplicateCache::learn(const DuplicateRecord& record) {
  DuplicateKey key(record.key);
  if (uint32_t known = find(key); known != 0) remove(known);
  uint32_t number = add(key, record.fingerprint);
  if (number == 0) return;
  Entry& entry = entries_[number];
  if (record.in_progress) return leave_elsewhere({number, entry.serial});
  if (!store(entry, record.answer)) return remove(number);
  entry.in_progress = false;
  entry.from_ns = record.from_ns;
  entry.until_ns = record.until_ns;
  link_newest(number);
}

void DuplicateCache::learn_elsewhere(const DuplicateRecord& record) {
  uint32_t number = find(DuplicateKey(record.key));
  const Entry& known = entries_[number];
  if (number != 0 && known.is_elsewhere && known.fingerprint == record.fingerprint) learn(record);
}

void DuplicateCache::leave_elsewhere(const Claim& claim) {
  if (claim.entry == 0 || current(claim) == nullptr) return;
  entries_[claim.entry].is_elsewhere = true;
  elsewhere_.push_back(claim);
}

void DuplicateCache::forget_elsewhere() {
  for (const Claim& claim : std::exchange(elsewhere_, {}))
    if (current(claim) != nullptr) remove(claim.entry);
}

}  // namespace radhost
