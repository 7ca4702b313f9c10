// SPDX-License-Identifier: Apache-2.0
#include "plugin/conversations.h"

#include "base/reader.h"
#include "base/writer.h"
#include "plugin/chain_version.h"

namespace radhost {
namespace {

// A State: the conversation's id, the round's nonce, and the MAC over both. The id begins with the server's epoch.
constexpr size_t names_size = 16;
constexpr unsigned epoch_shift = 32;

HmacMd5Key random_key() {
  std::array<uint8_t, 32> octets;
  fill_random(octets);
  HmacMd5Key key(octets);
  wipe(octets);
  return key;
}

uint64_t random_number() {
  std::array<uint8_t, 8> octets;
  fill_random(octets);
  return get_uint_be(octets);
}

}  // namespace

Conversations::Conversations(const Limits& limits)
    : key_(random_key()), epoch_(static_cast<uint32_t>(random_number()) | 1) {
  limit(limits);
}

void Conversations::limit(const Limits& limits) {
  limits_.conversations = limits.conversations;
  limits_.per_client = limits.per_client;
  limits_.octets = limits.octets;
  limits_.timeout_ns = limits.timeout_ns;
}

Conversations::~Conversations() { clear(); }

void Conversations::clear() {
  for (Shard& shard : shards_)
    while (!shard.conversations.empty()) static_cast<void>(drop(shard, shard.conversations.begin()->second));
}

Digest16 Conversations::mac(Octets names, const Place& place) const {
  return hmac_md5(key_, {names, octets_of(place.listener)});
}

Conversations::Found Conversations::resume(Octets state, const Place& place, radius_request& request) {
  if (state.size() != state_size) return Found::Foreign;
  Octets names = state.first(names_size);
  if (!equal_in_constant_time(state.subspan(names_size), mac(names, place)))
    return !is_of_predecessor(state) ? Found::Foreign : are_elsewhere_ ? Found::Elsewhere : Found::Over;

  uint64_t id = get_uint_be(names.first(8));
  Shard& shard = shard_of(id);
  Left ended;  // by the module's own function, once the shard is unlocked
  std::lock_guard lock(shard.mutex);
  auto found = shard.conversations.find(id);
  if (found == shard.conversations.end()) return Found::Over;
  Conversation& conversation = found->second;
  bool is_next = conversation.nonce == get_uint_be(names.subspan(8)) && conversation.of_client == &place.of_client;
  if (!is_next) return Found::Over;
  if (conversation.in_hand) return Found::InHand;
  if (conversation.until_ns <= place.now_ns) {
    ended = drop(shard, conversation);
    return Found::Over;
  }
  if (request.control.append(conversation.control)) return Found::Over;  // it fitted when it was kept
  unlink(shard, conversation);
  conversation.in_hand = true;
  request.conversation.conversation = &conversation;
  request.conversation.round = conversation.round;
  request.conversation.data = std::move(conversation.data);
  request.conversation.children = std::move(conversation.children);
  request.continued = conversation.chain;
  request.chain = request.continued.get();
  request.next_handler = request.visited_from = conversation.handler;
  return Found::Resumed;
}

/// It has no way to tell a forged one; who made it can.
bool Conversations::is_of_predecessor(Octets state) const {
  uint32_t predecessor = predecessor_.load(std::memory_order_relaxed);
  return predecessor != 0 && get_uint32be(state) == predecessor;
}

void Conversations::take_over_from(uint32_t epoch) {
  predecessor_ = epoch;
  are_elsewhere_ = true;
}

uint64_t Conversations::make_id() const {
  return uint64_t{epoch_} << epoch_shift | static_cast<uint32_t>(random_number());
}

bool Conversations::take(std::atomic<size_t>& total, size_t count, size_t bound) {
  if (total.fetch_add(count, std::memory_order_relaxed) + count <= bound) return true;
  total.fetch_sub(count, std::memory_order_relaxed);
  return false;
}

/// A new one, in hand; nullptr when a bound is reached.
Conversation* Conversations::begin(const Place& place, size_t octets) {
  if (place.of_client.fetch_add(1, std::memory_order_relaxed) >= limits_.per_client) {
    place.of_client.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  bool has_room = take(count_, 1, limits_.conversations);
  if (!has_room || !take(octets_, octets, limits_.octets)) {
    if (has_room) count_.fetch_sub(1, std::memory_order_relaxed);
    place.of_client.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  for (;;) {
    uint64_t id = make_id();
    Shard& shard = shard_of(id);
    std::lock_guard lock(shard.mutex);
    auto [made, is_new] = shard.conversations.try_emplace(id);
    if (!is_new) continue;
    made->second.id = id;
    made->second.of_client = &place.of_client;
    made->second.in_hand = true;
    made->second.octets = octets;
    return &made->second;
  }
}

bool Conversations::challenge(radius_request& request, const Place& place, State& state) {
  size_t octets = request.control.octets() + request.conversation.children.octets();
  Conversation* conversation = request.conversation.conversation;
  if (conversation == nullptr) {
    conversation = begin(place, octets);
    if (conversation == nullptr) return false;
  } else {
    size_t before = conversation->octets;
    if (octets > before && !take(octets_, octets - before, limits_.octets)) return false;
    if (octets < before) octets_.fetch_sub(before - octets, std::memory_order_relaxed);
    conversation->octets = octets;
  }
  uint64_t nonce = random_number();
  put_uint_be(MutableOctets(state).first(8), conversation->id);
  put_uint_be(MutableOctets(state).subspan(8, 8), nonce);
  copy_octets(MutableOctets(state).subspan(names_size), mac(Octets(state).first(names_size), place));

  Shard& shard = shard_of(conversation->id);
  std::lock_guard lock(shard.mutex);
  conversation->nonce = nonce;
  hold(*conversation, request.chain);
  conversation->handler = request.next_handler - 1;
  conversation->round = request.conversation.round + 1;
  conversation->until_ns = place.now_ns + limits_.timeout_ns;
  std::swap(conversation->control, request.control);
  conversation->data = std::move(request.conversation.data);
  conversation->children = std::move(request.conversation.children);
  conversation->in_hand = false;
  link(shard, *conversation);
  request.conversation.conversation = nullptr;
  request.conversation.round = 0;
  return true;
}

void Conversations::end(radius_request& request) {
  request.conversation.data = {};
  request.conversation.children.clear();
  request.conversation.round = 0;
  Conversation* conversation = std::exchange(request.conversation.conversation, nullptr);
  if (conversation == nullptr) return;
  Shard& shard = shard_of(conversation->id);
  Left ended;
  std::lock_guard lock(shard.mutex);
  ended = drop(shard, *conversation);
}

void Conversations::put_back(radius_request& request) {
  Conversation* conversation = std::exchange(request.conversation.conversation, nullptr);
  if (conversation == nullptr) return end(request);
  Shard& shard = shard_of(conversation->id);
  std::lock_guard lock(shard.mutex);
  conversation->data = std::move(request.conversation.data);
  conversation->children = std::move(request.conversation.children);
  conversation->in_hand = false;
  // Its time goes on from its challenge: it may be due before others that are newer here, and is found out when asked.
  link(shard, *conversation);
  request.conversation.round = 0;
}

void Conversations::expire(uint64_t now_ns) {
  for (Shard& shard : shards_)
    while (expire_oldest(shard, now_ns)) {
    }
}

bool Conversations::expire_oldest(Shard& shard, uint64_t now_ns) {
  Left ended;
  std::lock_guard lock(shard.mutex);
  if (shard.oldest == nullptr || shard.oldest->until_ns > now_ns) return false;
  ended = drop(shard, *shard.oldest);
  return true;
}

void Conversations::end_of(const ChainVersion& chain) {
  for (Shard& shard : shards_) {
    std::vector<Left> ended;
    std::lock_guard lock(shard.mutex);
    for (Conversation* next = shard.oldest; next != nullptr;) {
      Conversation& conversation = *std::exchange(next, next->newer);
      if (conversation.chain.get() == &chain) ended.push_back(drop(shard, conversation));
    }
  }
}

void Conversations::hold(Conversation& conversation, const ChainVersion* chain) {
  if (conversation.chain.get() == chain) return;
  if (conversation.chain != nullptr) conversation.chain->conversations().fetch_sub(1, std::memory_order_relaxed);
  conversation.chain = chain == nullptr ? nullptr : chain->shared_from_this();
  if (chain != nullptr) chain->conversations().fetch_add(1, std::memory_order_relaxed);
}

void Conversations::link(Shard& shard, Conversation& conversation) {
  conversation.newer = nullptr;
  conversation.older = shard.newest;
  (shard.newest != nullptr ? shard.newest->newer : shard.oldest) = &conversation;
  shard.newest = &conversation;
}

void Conversations::unlink(Shard& shard, Conversation& conversation) {
  (conversation.older != nullptr ? conversation.older->newer : shard.oldest) = conversation.newer;
  (conversation.newer != nullptr ? conversation.newer->older : shard.newest) = conversation.older;
}

/// The shard is locked. Gives what the module left, whose end must wait until it is not.
Conversations::Left Conversations::drop(Shard& shard, Conversation& conversation) {
  if (!conversation.in_hand) unlink(shard, conversation);
  conversation.of_client->fetch_sub(1, std::memory_order_relaxed);
  count_.fetch_sub(1, std::memory_order_relaxed);
  octets_.fetch_sub(conversation.octets, std::memory_order_relaxed);
  Left left{conversation.chain, std::move(conversation.data), std::move(conversation.children)};
  hold(conversation, nullptr);
  shard.conversations.erase(conversation.id);
  return left;
}

}  // namespace radhost
