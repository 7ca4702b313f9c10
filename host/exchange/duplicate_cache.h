// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/hash.h"
#include "base/lazy_array.h"
#include "exchange/duplicate_record.h"
#include "net/udp_socket.h"
#include "packet/packet.h"

namespace radhost {

/// What identifies a request to its server (RFC 2865 §3, RFC 5080 §2.2.2): where it came from and went to, its Code and
/// its Identifier. Where the Request Authenticator is a digest of the request, it is part of the key: RFC 5176 §6.3
/// wants CoA and Disconnect remembered for longer than 256 Identifiers last, and a copy of an Accounting-Request that
/// the network delivers after its Identifier was used again must not be recorded twice.
struct DuplicateKey {
  DuplicateRecord::Key octets{};

  DuplicateKey(const Datagram& datagram, const Packet& request);
  explicit DuplicateKey(const DuplicateRecord::Key& key) : octets(key) {}
  bool operator==(const DuplicateKey&) const = default;
};

/// The answers that one worker gave on one listener, and the requests that it has in hand, so that a retransmission
/// gets the same octets or waits for them (RFC 5080 §2.2.2). Every step costs the same however full it is, and none
/// allocates: its memory is there from the start and is used as it is needed. When it is full, the answer that was
/// asked for least recently goes; a request in hand never does.
class DuplicateCache {
 public:
  struct Limits {
    size_t entries;
    size_t octets;  ///< of answers; each takes a multiple of 64
    uint64_t ttl_ns;
    uint64_t dynauth_ttl_ns;  ///< of CoA and Disconnect
  };
  explicit DuplicateCache(const Limits& limits, const KeyedHash& hash = KeyedHash());

  /// What is remembered from now on is bounded so. What is too much then goes as others come, a little each time.
  /// Throws std::bad_alloc; then the bounds are as they were.
  void limit(const Limits& limits);

  /// An entry that a request has in hand. Holds the request's place until `remember` or `forget`.
  struct Claim {
    uint32_t entry = 0;  ///< 0: none
    uint32_t serial = 0;
  };
  enum class Found : uint8_t {
    New,         ///< claimed; or, when all entries are in hand, not remembered
    InProgress,  ///< the same octets are in hand, or were not to be answered
    Answered,    ///< the same octets were answered
    Elsewhere,   ///< the same octets are in the hands of the server that this one takes over from
  };
  struct Lookup {
    Found found = Found::New;
    Claim claim;
    size_t answer_size = 0;  ///< of what was written to `answer`
  };
  /// Looks a verified request up, and claims its place where it is new. The same key with other octets is a new
  /// request, whose predecessor's claim is void from then on. `answer`: Packet::maximum_size octets.
  Lookup find_or_claim(const Packet& request, const DuplicateKey& key, uint64_t now_ns, MutableOctets answer);

  /// Keeps the answer of a claim; an empty one means that copies are not answered either. Until `from_ns` copies count
  /// as in progress. False when the claim is void: then the answer must not be sent.
  [[nodiscard]] bool remember(const Claim& claim, Octets answer, uint64_t now_ns, uint64_t from_ns = 0);

  /// Gives the place up: a copy is a new request.
  void forget(const Claim& claim);

  // Two servers, the second of which takes over from the first: copies are known to it, too.

  const KeyedHash& hash() const { return hash_; }

  /// From now on next_answered() gives what was answered, from the least recently used on.
  void begin_telling();
  /// What was answered and has not been told, into `record`; false when all of it has been. What is answered or asked
  /// for again later is told later.
  bool next_answered(DuplicateRecord& record);
  /// The same of a claim. False when it is void.
  bool tell(const Claim& claim, DuplicateRecord& record) const;

  /// Learns what another one told, whose hash this one has. One without an answer is Elsewhere.
  void learn(const DuplicateRecord& record);
  /// The same, but only what is Elsewhere: all else is known better here.
  void learn_elsewhere(const DuplicateRecord& record);
  /// What was claimed is Elsewhere, too.
  void leave_elsewhere(const Claim& claim);
  /// Nobody is there any more: what has not been learnt by now is a new request.
  void forget_elsewhere();

  size_t size() const { return used_; }
  size_t answer_octets() const { return blocks_used_ * block_size; }

 private:
  static constexpr size_t block_size = 64;
  static constexpr size_t block_room = block_size - sizeof(uint32_t);
  struct Block {
    uint32_t next;
    uint8_t octets[block_room];
  };
  struct Entry {
    DuplicateKey key;
    uint64_t fingerprint;  // of the whole packet
    uint64_t from_ns;
    uint64_t until_ns;
    uint32_t next_in_bucket;
    uint32_t newer, older;  // in the order of use; of answered ones alone
    uint32_t serial;
    uint32_t blocks;
    uint16_t answer_size;
    bool in_progress;
    bool is_elsewhere;  // in progress, but not here
  };

  static size_t blocks_for(size_t octets) { return octets / block_size; }
  static bool is_dynauth(const Entry& entry);
  uint32_t find(const DuplicateKey& key);
  uint32_t add(const DuplicateKey& key, uint64_t fingerprint);
  void write(const Entry& entry, DuplicateRecord& record) const;
  uint32_t& bucket(const DuplicateKey& key) { return buckets_[hash_(key.octets) & (buckets_.size() - 1)]; }
  Entry* current(const Claim& claim);
  uint32_t take_entry();
  void grow_buckets();
  void remove(uint32_t number);
  void link_newest(uint32_t number);
  void unlink(uint32_t number);
  bool store(Entry& entry, Octets answer);
  void read(const Entry& entry, MutableOctets answer) const;
  void free_blocks(Entry& entry);
  uint32_t take_block();
  void drop_expired(uint64_t now_ns);

  Limits limits_;
  KeyedHash hash_;
  LazyArray<Entry> entries_;  // number 0 is none
  LazyArray<uint32_t> buckets_;
  LazyArray<Block> blocks_;  // number 0 is none
  uint32_t entries_touched_ = 0;
  uint32_t blocks_touched_ = 0;
  uint32_t free_entries_ = 0;
  uint32_t free_blocks_ = 0;
  uint32_t newest_ = 0;
  uint32_t oldest_ = 0;
  bool is_telling_ = false;
  uint32_t untold_ = 0;  // while it tells: the least recently used one that was not told
  std::vector<Claim> elsewhere_;
  size_t used_ = 0;
  size_t blocks_used_ = 0;
};

}  // namespace radhost
