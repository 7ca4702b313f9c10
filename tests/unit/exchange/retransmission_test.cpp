// SPDX-License-Identifier: Apache-2.0
#include "exchange/retransmission.h"

#include <array>

#include "catch.h"

using namespace radhost;

namespace {

constexpr uint64_t second = 1'000'000'000;

/// Of RFC 5080 §2.2.1 for Access-Requests: IRT 2 s, MRT 16 s, MRC 5, MRD 30 s.
constexpr Retransmission::Limits usual{2 * second, 16 * second, 30 * second, 5};

/// The number that makes RAND 0: the middle of the range for a timeout.
constexpr uint64_t middle_of(uint64_t timeout) { return timeout / 10; }

}  // namespace

TEST_CASE("without jitter the timeouts double as far as their bound", "[DUP-11]") {
  Retransmission request({2 * second, 16 * second, 1000 * second, 0}, 0);
  uint64_t now = 0;
  uint64_t timeout = 2 * second;
  uint64_t previous = timeout;
  for (uint64_t expected : std::array<uint64_t, 6>{2, 4, 8, 16, 16, 16}) {
    // Of a timeout that would be more than MRT, the first jitter does not count.
    uint64_t due = request.transmit(now, middle_of(previous));
    uint64_t waited = due - now;
    CHECK(waited >= expected * second * 9 / 10);
    CHECK(waited <= expected * second * 11 / 10);
    previous = waited;
    now = due;
  }
}

TEST_CASE("a timeout differs by a tenth at most, and both ends occur", "[DUP-11]") {
  uint64_t least = UINT64_MAX, most = 0;
  for (uint64_t random = 0; random <= 2 * (2 * second / 10); random += second / 100) {
    Retransmission request(usual, 0);
    uint64_t due = request.transmit(0, random);
    least = std::min(least, due);
    most = std::max(most, due);
  }
  CHECK(least == 2 * second * 9 / 10);
  CHECK(most == 2 * second * 11 / 10);
}

TEST_CASE("a request is given up after so many transmissions, and not before", "[DUP-11]") {
  Retransmission request({second, second, 1000 * second, 3}, 0);
  uint64_t now = 0;
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(request.is_over(now));
    now = request.transmit(now, 0);
  }
  CHECK(request.is_over(now));
}

TEST_CASE("a request is given up when its time is over, which no timeout exceeds", "[DUP-11]") {
  Retransmission request({20 * second, 0, 30 * second, 0}, 7);
  uint64_t due = request.transmit(7, middle_of(20 * second));
  CHECK_FALSE(request.is_over(due));
  due = request.transmit(due, middle_of(20 * second));
  CHECK(due == 7 + 30 * second);
  CHECK_FALSE(request.is_over(due - 1));
  CHECK(request.is_over(due));
}

TEST_CASE("another server is given as much time as the first one was") {
  Retransmission request(usual, 0);
  request.transmit(0, 0);
  uint64_t longer = request.transmit(0, 0);
  request.begin_anew();
  uint64_t anew = request.transmit(0, 0);
  CHECK(longer > 3 * second);
  CHECK(anew == 2 * second * 9 / 10);
}
