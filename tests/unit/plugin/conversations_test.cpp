// SPDX-License-Identifier: Apache-2.0
#include "plugin/conversations.h"

#include <thread>

#include "catch.h"
#include "plugin/chain_version.h"
#include "support/hex.h"

using namespace radhost;

namespace {

constexpr uint64_t second = 1'000'000'000;
using Found = Conversations::Found;

int data_ended = 0;
void end_data(void*) { ++data_ended; }

struct Fixture {
  Dictionary dictionary;
  std::shared_ptr<ChainVersion> owned =
      std::make_shared<ChainVersion>(RequestKind::Access, std::vector<std::shared_ptr<Instance>>());
  ChainVersion& chain = *owned;
  std::atomic<uint32_t> of_client{0};
  std::atomic<uint32_t> of_other_client{0};
  Conversations conversations{{4, 3, 1 << 20, 60 * second}};
  radius_request request{dictionary};
  Conversations::State state{};

  Fixture() { data_ended = 0; }

  Conversations::Place place(uint64_t now = 0) { return {"auth", of_client, now}; }
  bool challenge(radius_request& from, uint64_t now = 0) {
    from.chain = &chain;
    from.next_handler = 1;
    return conversations.challenge(from, place(now), state);
  }
  Found resume(uint64_t now = 0) { return conversations.resume(state, place(now), request); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the next round goes on where the challenge was given, with its data and number") {
  int data = 0;
  request.conversation.data = ConversationData(nullptr, &data, end_data);
  request.next_handler = 3;
  request.chain = &chain;
  REQUIRE(conversations.challenge(request, place(), state));
  CHECK(conversations.count() == 1);
  CHECK(of_client == 1);
  request.next_handler = 0;
  REQUIRE(resume() == Found::Resumed);
  CHECK(request.next_handler == 2);
  CHECK(request.chain == &chain);
  CHECK(request.conversation.round == 1);
  CHECK(request.conversation.data.of(nullptr) == &data);
  conversations.end(request);
  CHECK(data_ended == 1);
  CHECK(conversations.count() == 0);
  CHECK(of_client == 0);
}

TEST_CASE_METHOD(Fixture, "each round has a State of its own, and an earlier one is over") {
  REQUIRE(challenge(request));
  auto first = state;
  REQUIRE(resume() == Found::Resumed);
  REQUIRE(challenge(request));
  CHECK(state != first);
  CHECK(conversations.resume(first, place(), request) == Found::Over);
  CHECK(resume() == Found::Resumed);
}

TEST_CASE_METHOD(Fixture, "a State that was not minted here is foreign") {
  REQUIRE(challenge(request));
  CHECK(conversations.resume(octets_of("somebody else's State, 32 octets"), place(), request) == Found::Foreign);
  CHECK(conversations.resume(octets_of("short"), place(), request) == Found::Foreign);
  for (size_t i = 0; i < state.size(); ++i) {
    auto spoiled = state;
    spoiled[i] ^= 1;
    CHECK(conversations.resume(spoiled, place(), request) == Found::Foreign);
  }
  CHECK(resume() == Found::Resumed);
}

TEST_CASE_METHOD(Fixture, "a State is good for its listener and its client alone") {
  REQUIRE(challenge(request));
  CHECK(conversations.resume(state, {"other", of_client, 0}, request) == Found::Foreign);
  CHECK(conversations.resume(state, {"auth", of_other_client, 0}, request) == Found::Over);
  CHECK(resume() == Found::Resumed);
}

TEST_CASE_METHOD(Fixture, "a State that waited too long is over, and its data ends") {
  int data = 0;
  request.conversation.data = ConversationData(nullptr, &data, end_data);
  REQUIRE(challenge(request));
  CHECK(resume(60 * second) == Found::Over);
  CHECK(data_ended == 1);
  CHECK(conversations.count() == 0);

  REQUIRE(challenge(request, 60 * second));
  conversations.expire(120 * second - 1);
  CHECK(conversations.count() == 1);
  conversations.expire(120 * second);
  CHECK(conversations.count() == 0);
  CHECK(resume(120 * second) == Found::Over);
}

TEST_CASE_METHOD(Fixture, "one round at a time; what came to nothing leaves its State good") {
  REQUIRE(challenge(request));
  REQUIRE(resume() == Found::Resumed);
  radius_request copy(dictionary);
  CHECK(conversations.resume(state, place(), copy) == Found::InHand);
  conversations.put_back(request);
  CHECK(conversations.resume(state, place(), copy) == Found::Resumed);
  conversations.end(copy);
  CHECK(resume() == Found::Over);
}

TEST_CASE_METHOD(Fixture, "they are bounded, in all and for each client") {
  std::deque<radius_request> requests;
  for (int i = 0; i < 5; ++i) requests.emplace_back(dictionary);
  for (int i = 0; i < 3; ++i) CHECK(challenge(requests[static_cast<size_t>(i)]));
  CHECK_FALSE(challenge(requests[3]));
  requests[3].chain = &chain;
  requests[3].next_handler = 1;
  CHECK(conversations.challenge(requests[3], {"auth", of_other_client, 0}, state));
  requests[4].chain = &chain;
  requests[4].next_handler = 1;
  CHECK_FALSE(conversations.challenge(requests[4], {"auth", of_other_client, 0}, state));
  CHECK(conversations.count() == 4);
  CHECK(of_client == 3);
  CHECK(of_other_client == 1);
}

TEST_CASE_METHOD(Fixture, "notes that outgrow the bound are refused, and the conversation stands as it stood") {
  Conversations small{{4, 4, 100, 60 * second}};
  AttributeDefinition note;
  note.internal = true;
  std::vector<uint8_t> octets(80, 1);
  request.chain = &chain;
  request.next_handler = 1;
  REQUIRE_FALSE(request.control.add(note, octets));
  REQUIRE(small.challenge(request, place(), state));
  REQUIRE(small.resume(state, place(), request) == Found::Resumed);
  CHECK(request.control.size() == 1);
  REQUIRE_FALSE(request.control.add(note, octets));
  auto kept = state;
  CHECK_FALSE(small.challenge(request, place(), state));
  small.put_back(request);
  CHECK(small.resume(kept, place(), request) == Found::Resumed);
  small.end(request);
}

TEST_CASE("threads that go on with many conversations at once lose none") {
  Dictionary dictionary;
  auto owned = std::make_shared<ChainVersion>(RequestKind::Access, std::vector<std::shared_ptr<Instance>>());
  ChainVersion& chain = *owned;
  std::atomic<uint32_t> of_client{0};
  Conversations conversations({1000, 1000, 1 << 20, 60 * second});
  std::vector<std::thread> threads;
  for (int part = 0; part < 4; ++part)
    threads.emplace_back([&] {
      Conversations::Place place{"auth", of_client, 0};
      radius_request request(dictionary);
      for (int i = 0; i < 200; ++i) {
        Conversations::State state;
        request.chain = &chain;
        request.next_handler = 1;
        if (!conversations.challenge(request, place, state)) std::abort();
        for (int round = 1; round < 4; ++round) {
          if (conversations.resume(state, place, request) != Found::Resumed) std::abort();
          if (request.conversation.round != static_cast<uint32_t>(round)) std::abort();
          request.next_handler = 1;
          if (!conversations.challenge(request, place, state)) std::abort();
        }
        if (conversations.resume(state, place, request) != Found::Resumed) std::abort();
        conversations.end(request);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(conversations.count() == 0);
  CHECK(of_client == 0);
}

TEST_CASE_METHOD(Fixture, "a conversation holds the chain that it goes on in") {
  std::weak_ptr<ChainVersion> watched = owned;
  CHECK(chain.conversations() == 0);
  REQUIRE(challenge(request));
  CHECK(watched.lock()->conversations() == 1);
  request.clear();
  owned.reset();
  REQUIRE_FALSE(watched.expired());
  REQUIRE(resume() == Found::Resumed);
  CHECK(watched.lock()->conversations() == 1);
  conversations.end(request);
  // The request itself goes on to use it.
  REQUIRE_FALSE(watched.expired());
  CHECK(watched.lock()->conversations() == 0);
  request.clear();
  CHECK(watched.expired());
}

TEST_CASE_METHOD(Fixture, "what a module left ends before the chain that holds the module") {
  std::weak_ptr<ChainVersion> watched = owned;
  struct Data {
    std::weak_ptr<ChainVersion>* watched;
    bool chain_was_there = false;
  } data{&watched};
  auto look = [](void* left) {
    auto* found = static_cast<Data*>(left);
    found->chain_was_there = !found->watched->expired();
  };
  request.conversation.data = ConversationData(nullptr, &data, look);
  REQUIRE(challenge(request));
  request.clear();
  owned.reset();
  conversations.expire(61 * second);
  CHECK(data.chain_was_there);
  CHECK(watched.expired());
}

TEST_CASE_METHOD(Fixture, "the conversations of one chain are ended, those of others and those in hand are not") {
  auto other = std::make_shared<ChainVersion>(RequestKind::Access, std::vector<std::shared_ptr<Instance>>());
  int data = 0;
  radius_request in_hand(dictionary), of_other(dictionary), waiting(dictionary);
  REQUIRE(challenge(in_hand));
  REQUIRE(conversations.resume(state, place(), in_hand) == Found::Resumed);
  waiting.conversation.data = ConversationData(nullptr, &data, end_data);
  REQUIRE(challenge(waiting));
  of_other.chain = other.get();
  of_other.next_handler = 1;
  REQUIRE(conversations.challenge(of_other, place(), state));

  conversations.end_of(chain);
  CHECK(data_ended == 1);
  CHECK(chain.conversations() == 1);
  CHECK(other->conversations() == 1);
  CHECK(resume() == Found::Resumed);
  conversations.end(request);
  conversations.end(in_hand);
  CHECK(chain.conversations() == 0);
  CHECK(conversations.count() == 0);
}

TEST_CASE_METHOD(Fixture, "the conversations of a server that was taken over from are elsewhere, and over once it is gone") {
  Conversations predecessor{{4, 3, 1 << 20, 60 * second}};
  request.chain = &chain;
  request.next_handler = 1;
  REQUIRE(predecessor.challenge(request, place(), state));
  CHECK(resume() == Found::Foreign);
  conversations.take_over_from(predecessor.epoch());
  CHECK(resume() == Found::Elsewhere);
  auto theirs = state;
  state.back() ^= 1;
  CHECK(resume() == Found::Elsewhere);  // only who made it can tell
  state.front() ^= 1;
  CHECK(resume() == Found::Foreign);

  radius_request other{dictionary};
  REQUIRE(challenge(other));
  CHECK(resume() == Found::Resumed);  // our own go on meanwhile
  conversations.end(request);
  conversations.forget_elsewhere();
  state = theirs;
  CHECK(resume() == Found::Over);
}
