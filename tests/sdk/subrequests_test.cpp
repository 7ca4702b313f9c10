// SPDX-License-Identifier: Apache-2.0
#include "plugin/subrequests.h"

#include "catch.h"
#include "plugin/inner_chains.h"
#include "worker_harness.h"

using namespace radhost;

namespace {

/// A request, and chains that subrequests of it run through.
struct SubrequestsHarness : WorkerHarness {
  SubrequestsHarness() {
    outer->chain = &outer_chain;
    outer->info.deadline_ns = UINT64_MAX;
  }

  /// A handler that says what its table tells it to.
  std::shared_ptr<Instance> scripted(const std::string& name, const std::string& toml) {
    PluginConfig config;
    config.name = name;
    config.config = *read_toml(toml, "test.toml", errors);
    auto instance = create(config, *load("scripted"));
    REQUIRE(instance != nullptr);
    return instance;
  }
  /// A chain of one such handler.
  void add_chain(const std::string& name, const std::string& toml) {
    std::vector<std::shared_ptr<Instance>> handlers{scripted(name, toml)};
    chains.add(name, std::make_shared<ChainVersion>(RequestKind::Access, handlers));
  }

  /// What one without attributes comes to: its verdict, and how many attributes the reply has.
  struct Told {
    radius_status_t status = RADIUS_ERR_INTERNAL;
    int calls = 0;
    radius_verdict_t verdict = 0;
    size_t replied = 0;
  };
  void run(const std::string& chain, Told& told) {
    AttributeList nothing;
    radius_list attributes{nullptr, &nothing, &dictionary, false, nullptr, nullptr, nullptr};
    auto done = [](void* data, radius_verdict_t verdict, const radius_list_t* reply) {
      auto& heard = *static_cast<Told*>(data);
      ++heard.calls;
      heard.verdict = verdict;
      heard.replied = reply->written->size();
    };
    told.status = subrequests.run({nullptr, chain, outer.get(), &attributes, done, &told});
  }
  Told run(const std::string& chain) {
    Told told;
    run(chain, told);
    return told;
  }

  InnerChains chains;
  std::shared_ptr<const InnerChains> not_held{std::shared_ptr<void>(), &chains};
  ChainVersion outer_chain{RequestKind::Access, {}, not_held};
  std::unique_ptr<radius_request> outer = request(RequestKind::Access);
};

std::string verdict(int number) { return "reply_message = \"hello\"\nverdict = " + std::to_string(number) + "\n"; }

}  // namespace

TEST_CASE_METHOD(SubrequestsHarness, "a chain's verdict comes back with its reply, once") {
  const std::pair<int, int> verdicts[] = {{RADIUS_ACCEPT, RADIUS_ACCEPT},       {RADIUS_REJECT, RADIUS_REJECT},
                                          {RADIUS_CHALLENGE, RADIUS_CHALLENGE}, {RADIUS_DROP, RADIUS_DROP},
                                          {RADIUS_UNABLE, RADIUS_UNABLE},       {RADIUS_PASS, RADIUS_REJECT}};
  for (auto [said, heard] : verdicts) {
    std::string name = std::to_string(said);
    add_chain(name, verdict(said));
    Told told = run(name);
    CHECK(told.status == RADIUS_OK);
    CHECK(told.calls == 1);
    CHECK(told.verdict == heard);
    CHECK(told.replied == 1);
  }
  CHECK(subrequests.is_idle());
}

TEST_CASE_METHOD(SubrequestsHarness, "who names no chain runs nothing") {
  add_chain("inner", verdict(RADIUS_ACCEPT));
  for (const char* name : {"", "inne", "inner "}) {
    Told told = run(name);
    CHECK(told.status == RADIUS_ERR_NOT_FOUND);
    CHECK(told.calls == 0);
  }
  CHECK(run("inner").status == RADIUS_OK);
}

TEST_CASE_METHOD(SubrequestsHarness,
                 "a conversation inside ends with a verdict, and outlasts a round that came to none") {
  add_chain("ends", verdict(RADIUS_CHALLENGE) + "next_verdict = 1\n");
  add_chain("fails", verdict(RADIUS_CHALLENGE) + "next_verdict = -12\n");
  ChildConversations& children = outer->conversation.children;
  CHECK(run("ends").verdict == RADIUS_CHALLENGE);
  CHECK(run("ends").verdict == RADIUS_ACCEPT);
  CHECK(children.empty());
  CHECK(run("ends").verdict == RADIUS_CHALLENGE);

  CHECK(run("fails").verdict == RADIUS_CHALLENGE);
  for (int i = 0; i < 2; ++i) {
    CHECK(run("fails").verdict == RADIUS_REJECT);
    const ChildConversation* left = children.find(nullptr, chains.find("fails"));
    REQUIRE(left != nullptr);
    CHECK(left->round == 1);
  }
}

TEST_CASE_METHOD(SubrequestsHarness, "one that waits ends with its request, though a handler fails to hear of it") {
  auto waits = create("delayed", "delay_ms = 1000000\n");
  REQUIRE(waits != nullptr);
  REQUIRE(waits->worker_start(0, thread_services()).empty());
  auto fails = scripted("fails", "leaves_group = true\n");
  std::vector<std::shared_ptr<Instance>> handlers{fails, waits};
  chains.add("inner", std::make_shared<ChainVersion>(RequestKind::Access, handlers));
  Told told;
  run("inner", told);
  CHECK(told.status == RADIUS_OK);
  CHECK(told.calls == 0);
  CHECK(outer->subrequest_count == 1);
  CHECK_FALSE(subrequests.is_idle());

  subrequests.end_of(*outer);
  CHECK(told.calls == 1);
  CHECK(told.verdict == RADIUS_ERR_GONE);
  CHECK(told.replied == 0);
  CHECK(outer->subrequest_count == 0);
  CHECK(subrequests.is_idle());
  CHECK(fails->worker_thread(0).counters.errors.value() == 1);
  waits->worker_stop(0);
}

TEST_CASE_METHOD(SubrequestsHarness, "a challenge for which there is no room is a failure without a reply") {
  constexpr size_t bound = ChildConversations::conversations_max;
  for (size_t i = 0; i <= bound; ++i) add_chain(std::to_string(i), verdict(RADIUS_CHALLENGE));
  for (size_t i = 0; i < bound; ++i) CHECK(run(std::to_string(i)).verdict == RADIUS_CHALLENGE);
  Told refused = run(std::to_string(bound));
  CHECK(refused.status == RADIUS_OK);
  CHECK(refused.calls == 1);
  CHECK(refused.verdict == RADIUS_REJECT);  // as on_error says
  CHECK(refused.replied == 0);
  // One that is there goes on.
  CHECK(run("0").verdict == RADIUS_CHALLENGE);
  CHECK(outer->subrequest_count == 0);
  CHECK(subrequests.is_idle());
}
