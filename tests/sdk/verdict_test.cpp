// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "catch.h"
#include "exchange/answer.h"
#include "harness.h"

using namespace radhost;

namespace {

/// Runs a chain of scripted modules, and gives what it means on the wire.
struct Run {
  Answer answer;
  ChainOutcome outcome;
  std::unique_ptr<radius_request> request;
};
Run run(Harness& harness, RequestKind kind, const std::vector<std::string>& tables,
        OnError on_error = OnError::Reject, const Link& link = {}) {
  std::vector<std::shared_ptr<Instance>> handlers;
  auto library = harness.load("scripted");
  for (const std::string& table : tables) {
    PluginConfig config;
    config.name = "scripted";
    config.on_error = on_error;
    config.config = *read_toml(table, "test.toml", harness.errors);
    handlers.push_back(harness.create(config, *library));
    REQUIRE(harness.errors.empty());
  }
  ChainVersion chain(kind, handlers);
  Run result;
  result.request = harness.request(kind);
  result.outcome = *chain.run(*result.request, 0);
  result.answer = decide_answer(kind, result.outcome, link);
  chain.finish(*result.request, 0, result.answer.verdict);
  return result;
}

std::string verdict(int number) { return "verdict = " + std::to_string(number) + "\n"; }

/// A row of the verdict table: the Code that goes out, or the reason why none does.
struct Expected {
  std::optional<Code> code;
  Discard discard = Discard::Unanswered;
  uint32_t error_cause = 0;
};
void check(const Answer& answer, const Expected& expected) {
  CHECK(answer.code == expected.code);
  if (!expected.code) CHECK(answer.discard == expected.discard);
  CHECK(answer.error_cause == expected.error_cause);
}

constexpr std::nullopt_t none = std::nullopt;

}  // namespace

TEST_CASE("an Access-Request is answered as the verdict says") {
  Harness harness;
  auto kind = RequestKind::Access;
  check(run(harness, kind, {verdict(RADIUS_ACCEPT)}).answer, {Code::AccessAccept});
  check(run(harness, kind, {verdict(RADIUS_REJECT)}).answer, {Code::AccessReject});
  check(run(harness, kind, {verdict(RADIUS_CHALLENGE)}).answer, {Code::AccessChallenge});
  check(run(harness, kind, {verdict(RADIUS_DROP)}).answer, {none, Discard::DroppedByPlugin});
  check(run(harness, kind, {verdict(RADIUS_UNABLE)}).answer, {Code::AccessReject});
  check(run(harness, kind, {verdict(RADIUS_PASS)}).answer, {Code::AccessReject});
  check(run(harness, kind, {}).answer, {Code::AccessReject});
}

TEST_CASE("an Accounting-Request is answered only when it was accepted") {
  Harness harness;
  auto kind = RequestKind::Accounting;
  check(run(harness, kind, {verdict(RADIUS_ACCEPT)}).answer, {Code::AccountingResponse});
  check(run(harness, kind, {verdict(RADIUS_REJECT)}).answer, {none, Discard::Unanswered});
  check(run(harness, kind, {verdict(RADIUS_CHALLENGE)}).answer, {none, Discard::PluginError});
  check(run(harness, kind, {verdict(RADIUS_DROP)}).answer, {none, Discard::DroppedByPlugin});
  check(run(harness, kind, {verdict(RADIUS_UNABLE)}).answer, {none, Discard::PluginError});
  check(run(harness, kind, {verdict(RADIUS_PASS)}).answer, {none, Discard::Unanswered});
  check(run(harness, kind, {}).answer, {none, Discard::Unanswered});
}

TEST_CASE("CoA- and Disconnect-Requests get an ACK or a NAK with its Error-Cause") {
  Harness harness;
  for (auto [kind, ack, nak] : {std::tuple{RequestKind::Coa, Code::CoaAck, Code::CoaNak},
                                std::tuple{RequestKind::Disconnect, Code::DisconnectAck, Code::DisconnectNak}}) {
    check(run(harness, kind, {verdict(RADIUS_ACCEPT)}).answer, {ack});
    check(run(harness, kind, {verdict(RADIUS_REJECT)}).answer, {nak});
    check(run(harness, kind, {verdict(RADIUS_CHALLENGE)}).answer, {nak, Discard::Unanswered, 506});
    check(run(harness, kind, {verdict(RADIUS_DROP)}).answer, {none, Discard::DroppedByPlugin});
    check(run(harness, kind, {verdict(RADIUS_UNABLE)}).answer, {nak, Discard::Unanswered, 506});
    check(run(harness, kind, {verdict(RADIUS_PASS)}).answer, {nak, Discard::Unanswered, 406});
    check(run(harness, kind, {}).answer, {nak, Discard::Unanswered, 406});
  }
}

TEST_CASE("over RADIUS/1.1 a handler that is unable has no answer given, whatever on_error says") {
  Harness harness;
  const Link link{Transport::Tls, radius_1_1};
  const std::vector<std::string> unable{verdict(RADIUS_UNABLE)};
  for (OnError on_error : {OnError::Reject, OnError::Drop})
    check(run(harness, RequestKind::Access, unable, on_error, link).answer, {none, Discard::PluginError});
  check(run(harness, RequestKind::Accounting, unable, OnError::Reject, link).answer, {none, Discard::PluginError});
  check(run(harness, RequestKind::Coa, unable, OnError::Reject, link).answer,
        {Code::CoaNak, Discard::Unanswered, 506});
  check(run(harness, RequestKind::Access, {verdict(-1)}, OnError::Reject, link).answer, {Code::AccessReject});
}

TEST_CASE("an error, nonsense, and an answer later without a token are the handler's failure") {
  Harness harness;
  for (int number : {-1, -12, 0, 9, 1000, int{RADIUS_PENDING}}) {
    Run rejected = run(harness, RequestKind::Access, {verdict(number)});
    CHECK(rejected.outcome.verdict == Verdict::Failed);
    CHECK_FALSE(rejected.outcome.reason.empty());
    check(rejected.answer, {Code::AccessReject});
    check(run(harness, RequestKind::Access, {verdict(number)}, OnError::Drop).answer, {none, Discard::PluginError});
    check(run(harness, RequestKind::Accounting, {verdict(number)}).answer, {none, Discard::PluginError});
    check(run(harness, RequestKind::Coa, {verdict(number)}).answer, {Code::CoaNak, Discard::Unanswered, 506});
  }
}

TEST_CASE("an exception ends at the veneer and becomes an explained failure") {
  Harness harness;
  Run result = run(harness, RequestKind::Access, {"throws = true\n"});
  CHECK(result.outcome.verdict == Verdict::Failed);
  CHECK(result.outcome.reason == "scripted to throw");
}

TEST_CASE("handlers run in order until one gives a verdict") {
  Harness harness;
  Run result = run(harness, RequestKind::Access,
                   {"reply_message = \"one\"\n", "reply_message = \"two\"\n" + verdict(RADIUS_ACCEPT),
                    "reply_message = \"three\"\n" + verdict(RADIUS_REJECT)});
  CHECK(result.answer.code == Code::AccessAccept);
  CHECK(harness.first_text(result.request->reply, "Reply-Message", 0) == "one");
  CHECK(harness.first_text(result.request->reply, "Reply-Message", 1) == "two");
  CHECK(harness.first_text(result.request->reply, "Reply-Message", 2).empty());
}

TEST_CASE("the control list carries notes from one handler to the next") {
  Harness harness;
  Run result = run(harness, RequestKind::Access, {"note = \"x1\"\n", verdict(RADIUS_ACCEPT)});
  CHECK(harness.first_text(result.request->reply, "Reply-Message") == "noted x1");
}

TEST_CASE("handle_finish is called on the visited handlers, last first, with what the request came to") {
  Harness harness;
  Run result = run(harness, RequestKind::Access,
                   {"finish_message = \"a\"\n", "finish_message = \"b\"\n" + verdict(RADIUS_ACCEPT),
                    "finish_message = \"never\"\n"});
  CHECK(harness.first_text(result.request->reply, "Reply-Message", 0) == "b 1");
  CHECK(harness.first_text(result.request->reply, "Reply-Message", 1) == "a 1");
  CHECK(harness.first_text(result.request->reply, "Reply-Message", 2).empty());

  Run undecided = run(harness, RequestKind::Access, {"finish_message = \"a\"\n", "finish_message = \"b\"\n"});
  CHECK(harness.first_text(undecided.request->reply, "Reply-Message", 0) == "b 2");
  CHECK(harness.first_text(undecided.request->reply, "Reply-Message", 1) == "a 2");
}
