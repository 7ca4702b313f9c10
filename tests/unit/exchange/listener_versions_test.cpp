// SPDX-License-Identifier: Apache-2.0
#include "exchange/listener_versions.h"

#include "catch.h"
#include "exchange/records.h"

using namespace radhost;

namespace {

struct Fixture {
  Records<ListenerRecord> records{4};
  std::shared_ptr<const Listener> make() { return std::make_shared<const Listener>(*records.of("auth"), 2); }
  std::weak_ptr<const Listener> first;
  ListenerVersions versions = begin();

  ListenerVersions begin() {
    std::shared_ptr<const Listener> made = make();
    first = made;
    return ListenerVersions(std::move(made), 1);
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a version that nothing holds is gone when another takes its place") {
  CHECK(&versions.current() == first.lock().get());
  versions.replace(make());
  CHECK(first.expired());
}

TEST_CASE_METHOD(Fixture, "a version stays for as long as somebody holds it") {
  const Listener& held = versions.hold(versions.current());
  versions.hold(held);
  CHECK(held.in_hand[1].value() == 2);
  CHECK(held.in_hand[0].value() == 0);
  versions.replace(make());
  versions.replace(make());
  REQUIRE_FALSE(first.expired());
  versions.let_go(held);
  REQUIRE_FALSE(first.expired());
  versions.let_go(held);
  CHECK(first.expired());
}

TEST_CASE_METHOD(Fixture, "the version that serves stays though nothing holds it") {
  const Listener& current = versions.hold(versions.current());
  versions.let_go(current);
  CHECK_FALSE(first.expired());
  CHECK(versions.current().in_hand[1].value() == 0);
}

TEST_CASE_METHOD(Fixture, "versions may be let go in any order") {
  const Listener& one = versions.hold(versions.current());
  versions.replace(make());
  const Listener& other = versions.hold(versions.current());
  versions.replace(make());
  versions.let_go(other);
  CHECK_FALSE(first.expired());
  versions.let_go(one);
  CHECK(first.expired());
}

TEST_CASE("a name has one record, whatever says it again") {
  Records<ListenerRecord> records(2);
  ListenerRecord* auth = records.of("auth");
  ListenerRecord* acct = records.of("acct");
  REQUIRE(auth != nullptr);
  REQUIRE(acct != nullptr);
  CHECK(records.of("auth") == auth);
  CHECK(auth->index == 0);
  CHECK(acct->index == 1);
  CHECK(records.size() == 2);
  CHECK(records.at(1).name == "acct");
}

TEST_CASE("there are no more records than may be, and those that there are stay") {
  Records<ListenerRecord> records(1);
  ListenerRecord* auth = records.of("auth");
  CHECK(records.of("acct") == nullptr);
  CHECK(records.of("auth") == auth);
  CHECK(records.size() == 1);
}
