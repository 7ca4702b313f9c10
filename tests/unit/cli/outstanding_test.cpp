// SPDX-License-Identifier: Apache-2.0
#include "cli/outstanding.h"

#include <set>

#include "catch.h"

using namespace radhost;
using State = Outstanding::State;

namespace {

size_t send(Outstanding& outstanding, size_t socket, uint64_t deadline_ns) {
  size_t number = outstanding.claim(socket);
  outstanding.transmitted(number, deadline_ns);
  return number;
}

}  // namespace

TEST_CASE("a socket has 256 identifiers, each for one request at a time") {
  Outstanding outstanding(2, {});
  std::set<uint8_t> identifiers;
  for (int i = 0; i < 256; ++i) {
    REQUIRE(outstanding.has_identifier(1));
    size_t number = outstanding.claim(1);
    CHECK(Outstanding::socket_of(number) == 1);
    identifiers.insert(Outstanding::identifier_of(number));
  }
  CHECK(identifiers.size() == 256);
  CHECK_FALSE(outstanding.has_identifier(1));
  CHECK(outstanding.has_identifier(0));
  CHECK(outstanding.waiting() == 256);
}

TEST_CASE("an answer gives the identifier back") {
  Outstanding outstanding(1, {});
  std::vector<size_t> numbers;
  for (int i = 0; i < 256; ++i) numbers.push_back(send(outstanding, 0, 5));
  outstanding.finish(numbers[42], State::Answered);
  CHECK(outstanding.waiting() == 255);
  REQUIRE(outstanding.has_identifier(0));
  CHECK(outstanding.claim(0) == numbers[42]);
  CHECK_FALSE(outstanding.has_identifier(0));
}

TEST_CASE("the oldest is the one whose deadline is next, whatever is answered between") {
  Outstanding outstanding(2, {});
  CHECK_FALSE(outstanding.oldest());
  size_t first = send(outstanding, 0, 10);
  size_t second = send(outstanding, 1, 20);
  size_t third = send(outstanding, 0, 30);
  CHECK(outstanding.oldest() == first);
  outstanding.finish(second, State::Answered);
  CHECK(outstanding.oldest() == first);
  outstanding.transmitted(first, 40);
  CHECK(outstanding.oldest() == third);
  outstanding.finish(third, State::Lost);
  CHECK(outstanding.oldest() == first);
  CHECK(outstanding.at(first).deadline_ns == 40);
  CHECK(outstanding.at(first).transmissions == 2);
  outstanding.finish(first, State::Answered);
  CHECK_FALSE(outstanding.oldest());
  CHECK(outstanding.waiting() == 0);
}

TEST_CASE("an identifier whose request may still be answered is taken only when there is no other") {
  Outstanding outstanding(1, {});
  size_t lost = send(outstanding, 0, 1);
  size_t repeated = send(outstanding, 0, 2);
  outstanding.transmitted(repeated, 3);
  outstanding.finish(lost, State::Lost);
  outstanding.finish(repeated, State::Answered);
  for (int i = 0; i < 1000; ++i) {
    size_t number = send(outstanding, 0, 10);
    CHECK(number != lost);
    CHECK(number != repeated);
    outstanding.finish(number, State::Answered);
  }
  CHECK(outstanding.at(lost).state == State::Lost);
  for (int i = 0; i < 254; ++i) send(outstanding, 0, 10);
  CHECK(outstanding.claim(0) == lost);
  CHECK(outstanding.claim(0) == repeated);
}

TEST_CASE("a socket may have some of the identifiers alone") {
  Outstanding outstanding(2, {1, 3});
  CHECK(Outstanding::Range{1, 3}.size() == 3);
  for (uint8_t identifier : {uint8_t{1}, uint8_t{2}, uint8_t{3}}) CHECK(Outstanding::identifier_of(outstanding.claim(1)) == identifier);
  CHECK_FALSE(outstanding.has_identifier(1));
  CHECK(outstanding.has_identifier(0));
}

TEST_CASE("what waits is counted by socket") {
  Outstanding outstanding(2, {});
  size_t first = send(outstanding, 1, 1);
  send(outstanding, 1, 2);
  CHECK(outstanding.waiting(1) == 2);
  CHECK(outstanding.waiting(0) == 0);
  outstanding.finish(first, State::Lost);
  CHECK(outstanding.waiting(1) == 1);
}

TEST_CASE("nothing of another socket's requests is left where one is forgotten") {
  Outstanding outstanding(2, {5, 6});
  size_t other = send(outstanding, 0, 1);
  size_t lost = send(outstanding, 1, 2);
  size_t answered = send(outstanding, 1, 3);
  outstanding.finish(lost, State::Lost);
  outstanding.finish(answered, State::Answered);
  outstanding.forget(1);
  CHECK(outstanding.at(lost).state == State::Unused);
  CHECK(outstanding.at(answered).state == State::Unused);
  CHECK(outstanding.at(other).state == State::Waiting);
  CHECK(outstanding.claim(1) != outstanding.claim(1));
  CHECK_FALSE(outstanding.has_identifier(1));
}
