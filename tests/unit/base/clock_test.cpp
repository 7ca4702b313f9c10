// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include "catch.h"

using namespace radhost;

TEST_CASE("a moment is written as RFC 3339 says, with microseconds") {
  CHECK(to_rfc3339(0) == "1970-01-01T00:00:00.000000Z");
  CHECK(to_rfc3339(1709210096000007) == "2024-02-29T12:34:56.000007Z");
  CHECK(to_rfc3339(4102444799999999) == "2099-12-31T23:59:59.999999Z");
}
