// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <memory_resource>
#include <mutex>
#include <unordered_map>

#include "base/digest.h"
#include "plugin/request.h"

namespace radhost {

/// A conversation between two rounds, or with one in hand.
struct Conversation {
  uint64_t id = 0;
  uint64_t nonce = 0;  ///< of the State that the next round must bring
  std::shared_ptr<const ChainVersion> chain;
  size_t handler = 0;  ///< who challenged, and is asked first
  uint32_t round = 0;  ///< the number of the next round
  bool in_hand = false;
  uint64_t until_ns = 0;
  std::atomic<uint32_t>* of_client = nullptr;
  AttributeList control;
  size_t octets = 0;  ///< of all notes that are kept
  ConversationData data;
  ChildConversations children;
  Conversation* older = nullptr;  ///< in the order in which they run out of time
  Conversation* newer = nullptr;
};

/// The conversations that challenges began (RFC 2865 §2.1), shared by all workers: the next round may come to any of
/// them. A State is minted for each round, names its conversation, and carries a MAC; so one that was made here is told
/// from any other, though nothing is kept of those that are over. Bounded in number, in all and for each client, in
/// octets, and in time. All functions may be called from any thread.
class Conversations {
 public:
  static constexpr size_t state_size = 32;
  using State = std::array<uint8_t, state_size>;

  struct Limits {
    size_t conversations;
    size_t per_client;
    size_t octets;        ///< of notes that are kept between rounds
    uint64_t timeout_ns;  ///< from a challenge to the next round
  };
  explicit Conversations(const Limits& limits);
  /// What is kept already, is kept for as long as it was to be.
  void limit(const Limits& limits);
  Conversations(const Conversations&) = delete;
  Conversations& operator=(const Conversations&) = delete;
  ~Conversations();

  /// Where a round takes place. A State is good for the listener and client that it was given to.
  struct Place {
    std::string_view listener;
    std::atomic<uint32_t>& of_client;  ///< how many conversations the client has; also tells it from others
    uint64_t now_ns;                   ///< monotonic
  };

  enum class Found : uint8_t {
    Foreign,  ///< not minted here
    Over,     ///< minted here: replayed, expired, ended, or another client's
    InHand,   ///< another request of the same round is in hand
    Elsewhere,  ///< minted by the server that this one takes over from, and which goes on with it
    Resumed,  ///< the request goes on where the conversation stands
  };
  Found resume(Octets state, const Place& place, radius_request& request);

  /// The handler before `request.next_handler` challenged: keeps the request's notes and data for the next round, and
  /// mints its State. False when a bound is reached; then nothing has happened.
  [[nodiscard]] bool challenge(radius_request& request, const Place& place, State& state);

  /// The request's conversation has come to its end, if it has one.
  void end(radius_request& request);

  /// The request came to nothing: its conversation stands where it stood, and the same State is good again.
  void put_back(radius_request& request);

  /// Ends those that ran out of time.
  void expire(uint64_t now_ns);

  /// Ends those that a chain version is left with, but for the ones in hand: their requests end them.
  void end_of(const ChainVersion& chain);

  /// Ends all, when no request is under way any more.
  void clear();

  size_t count() const { return count_.load(std::memory_order_relaxed); }

  /// In the State of each of them; other servers have others.
  uint32_t epoch() const { return epoch_; }
  /// The conversations of another server, which are Elsewhere from now on.
  void take_over_from(uint32_t epoch);
  /// It is gone, and its conversations with it: they are Over.
  void forget_elsewhere() { are_elsewhere_ = false; }

 private:
  static constexpr size_t shard_count = 16;
  struct Shard {
    std::mutex mutex;
    std::pmr::unsynchronized_pool_resource memory;
    std::pmr::unordered_map<uint64_t, Conversation> conversations{&memory};
    Conversation* oldest = nullptr;
    Conversation* newest = nullptr;
  };

  Shard& shard_of(uint64_t id) { return shards_[id % shard_count]; }
  Digest16 mac(Octets names, const Place& place) const;
  Conversation* begin(const Place& place, size_t octets);
  bool take(std::atomic<size_t>& total, size_t count, size_t bound);
  bool expire_oldest(Shard& shard, uint64_t now_ns);
  static void link(Shard& shard, Conversation& conversation);
  static void unlink(Shard& shard, Conversation& conversation);
  /// What modules left. It must end when no shard is locked, and before the chain, by which their code stays loaded.
  struct Left {
    std::shared_ptr<const ChainVersion> chain;
    ConversationData data;
    ChildConversations children;
  };
  [[nodiscard]] Left drop(Shard& shard, Conversation& conversation);
  static void hold(Conversation& conversation, const ChainVersion* chain);

  bool is_of_predecessor(Octets state) const;
  uint64_t make_id() const;

  struct {
    std::atomic<size_t> conversations, per_client, octets;
    std::atomic<uint64_t> timeout_ns;
  } limits_;
  HmacMd5Key key_;
  const uint32_t epoch_;
  std::atomic<uint32_t> predecessor_{0};  // its epoch; 0: there was none
  std::atomic<bool> are_elsewhere_{false};
  std::array<Shard, shard_count> shards_;
  std::atomic<size_t> count_{0};
  std::atomic<size_t> octets_{0};
};

}  // namespace radhost
