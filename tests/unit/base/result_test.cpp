// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include "catch.h"

#include <memory>
#include <string>

using namespace radhost;

TEST_CASE("a result holds a value") {
  Result<std::string, int> result(std::string("yes"));
  CHECK(result.ok());
  CHECK(static_cast<bool>(result));
  CHECK(*result == "yes");
  CHECK(result->size() == 3);
  *result += "!";
  CHECK(*result == "yes!");
}

TEST_CASE("or a reason") {
  const Result<std::string, int> result(7);
  CHECK_FALSE(result.ok());
  CHECK(result.error() == 7);
}

TEST_CASE("a result may hold what cannot be copied") {
  Result<std::unique_ptr<int>, std::string> result(std::make_unique<int>(1));
  std::unique_ptr<int> taken = std::move(*result);
  CHECK(*taken == 1);
}
