// SPDX-License-Identifier: Apache-2.0
#include "exchange/connection_requests.h"

#include <memory>

#include "catch.h"

using namespace radhost;

namespace {

/// It is never looked into: any address does.
Outbound& request(size_t number) {
  static std::array<std::max_align_t, 512> places;
  return *reinterpret_cast<Outbound*>(&places[number]);
}

}  // namespace

TEST_CASE("a connection of RADIUS/1.0 has 255 Identifiers, and 0 is the watchdog's", "[TRN-4]") {
  ConnectionRequests requests;
  for (uint32_t expected = 1; expected <= 255; ++expected) CHECK(requests.take(request(expected)) == expected);
  CHECK_FALSE(requests.has_room());
  CHECK(requests.take_for_watchdog() == 0);
  CHECK(requests.find(7) == &request(7));
  requests.answered(7);
  CHECK(requests.find(7) == nullptr);
  CHECK(requests.take(request(0)) == 7);
}

TEST_CASE("an Identifier that was given up waits for its answer", "[TRN-5]") {
  ConnectionRequests requests;
  for (uint32_t i = 1; i <= 255; ++i) requests.take(request(i));
  requests.give_up(9);
  CHECK_FALSE(requests.has_room());
  CHECK(requests.was_used(9));
  CHECK(requests.find(9) == nullptr);
  requests.answered_late(9);
  CHECK(requests.has_room());
  requests.answered_late(9);  // a second copy frees nothing
  CHECK(requests.take(request(9)) == 9);
  CHECK_FALSE(requests.has_room());
}

TEST_CASE("when all have been given up, the connection is used up", "[TRN-5]") {
  ConnectionRequests requests;
  for (uint32_t i = 1; i <= 255; ++i) requests.take(request(i));
  for (uint32_t i = 1; i <= 255; ++i) {
    CHECK_FALSE(requests.is_used_up());
    requests.give_up(i);
  }
  CHECK(requests.is_used_up());
}

TEST_CASE("Tokens are counted past the end of 32 bits", "[V11-6]") {
  ConnectionRequests requests(UINT32_MAX - 1, 100);
  for (uint32_t expected : {UINT32_MAX - 1, UINT32_MAX, uint32_t{0}, uint32_t{1}}) {
    CHECK(requests.take(request(1)) == expected);
    CHECK(requests.find(expected) == &request(1));
    requests.answered(expected);
    CHECK(requests.was_used(expected));
  }
  CHECK_FALSE(requests.was_used(2));
  CHECK_FALSE(requests.was_used(UINT32_MAX - 2));
}

TEST_CASE("a Token that waits long is nobody else's, however many come and go", "[V11-6]") {
  ConnectionRequests requests(5, 3);
  uint32_t slow = requests.take(request(1));
  for (int i = 0; i < 100; ++i) {
    uint32_t quick = requests.take(request(2));
    CHECK(quick != slow);
    CHECK(requests.find(quick) == &request(2));
    CHECK(requests.find(slow) == &request(1));
    requests.answered(quick);
  }
  CHECK(requests.all() == std::vector<Outbound*>{&request(1)});
}

TEST_CASE("a Token that only shares a request's place finds nobody", "[V11-5]") {
  ConnectionRequests requests(0, 3);
  CHECK(requests.take(request(1)) == 0);
  CHECK(requests.find(4) == nullptr);
  CHECK(requests.find(1U << 31) == nullptr);
}
