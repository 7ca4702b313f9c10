// SPDX-License-Identifier: Apache-2.0
#include "plugin/call_mark.h"

#include "catch.h"

using namespace radhost;

TEST_CASE("a call is shown until its end") {
  CallMark mark;
  CHECK(mark.since_ns() == 0);
  uint64_t outer_ns = mark.begin(5, "auth");
  CHECK(mark.since_ns() == 5);
  CHECK(mark.listener() == std::string_view("auth"));
  mark.end(outer_ns);
  CHECK(mark.since_ns() == 0);
}

TEST_CASE("a call that was in another one leaves that to be seen") {
  CallMark mark;
  uint64_t nothing_ns = mark.begin(5, "auth");
  uint64_t outer_ns = mark.begin(9, "auth");
  CHECK(mark.since_ns() == 9);
  mark.end(outer_ns);
  CHECK(mark.since_ns() == 5);
  mark.end(nothing_ns);
  CHECK(mark.since_ns() == 0);
}
