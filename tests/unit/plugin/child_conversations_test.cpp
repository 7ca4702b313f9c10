// SPDX-License-Identifier: Apache-2.0
#include "plugin/child_conversations.h"

#include "catch.h"
#include "plugin/chain_version.h"
#include "plugin/child_conversation.h"
#include "plugin/conversations.h"

using namespace radhost;

namespace {

int ended = 0;
void end_data(void*) { ++ended; }
int data = 0;

ConversationData left() { return {nullptr, &data, end_data}; }

struct Fixture {
  Fixture() { ended = 0; }
  std::shared_ptr<ChainVersion> owned =
      std::make_shared<ChainVersion>(RequestKind::Access, std::vector<std::shared_ptr<Instance>>());
  ChainVersion& chain = *owned;
  ChainVersion other{RequestKind::Access, {}};
  ChildConversations children;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "one that waits is found by who runs it and its chain, one in hand is not") {
  ChildConversation* made = children.add(nullptr, &chain);
  REQUIRE(made != nullptr);
  CHECK(children.find(nullptr, &chain) == nullptr);
  made->in_hand = false;
  CHECK(children.find(nullptr, &chain) == made);
  CHECK(children.find(nullptr, &other) == nullptr);
}

TEST_CASE_METHOD(Fixture, "what a module left ends with its conversation") {
  children.add(nullptr, &chain)->data = left();
  ChildConversation* second = children.add(nullptr, &other);
  second->data = left();
  children.remove(second);
  CHECK(ended == 1);
  ChildConversations moved = std::move(children);
  CHECK(ended == 1);
  moved.clear();
  CHECK(ended == 2);
  CHECK(moved.empty());
}

TEST_CASE_METHOD(Fixture, "there are no more than may be") {
  for (size_t i = 0; i < ChildConversations::conversations_max; ++i) CHECK(children.add(nullptr, &chain) != nullptr);
  CHECK(children.add(nullptr, &chain) == nullptr);
}

TEST_CASE_METHOD(Fixture, "those of a conversation are kept between its rounds, and end with it") {
  Dictionary dictionary;
  std::atomic<uint32_t> of_client{0};
  Conversations conversations({4, 4, 1 << 20, 1000});
  Conversations::Place place{"auth", of_client, 0};
  Conversations::State state{};
  radius_request request(dictionary);
  request.chain = &chain;
  request.next_handler = 1;
  request.conversation.children.add(nullptr, &chain)->data = left();
  REQUIRE(conversations.challenge(request, place, state));
  CHECK(request.conversation.children.empty());
  REQUIRE(conversations.resume(state, place, request) == Conversations::Found::Resumed);
  CHECK_FALSE(request.conversation.children.empty());
  conversations.put_back(request);
  CHECK(request.conversation.children.empty());
  REQUIRE(conversations.resume(state, place, request) == Conversations::Found::Resumed);
  CHECK(ended == 0);
  SECTION("when it ends") { conversations.end(request); }
  SECTION("when its time is over") {
    conversations.put_back(request);
    conversations.expire(2000);
  }
  CHECK(ended == 1);
  CHECK(of_client == 0);
}
