// SPDX-License-Identifier: Apache-2.0
#include "plugin/explanation.h"

#include <radius/abi.h>

#include <set>

#include "catch.h"

using namespace radhost;

TEST_CASE("each status of an error has words of its own, and a number that is none is told as it is") {
  clear_explanation();
  std::set<std::string> all;
  for (int32_t status = RADIUS_ERR_INTERNAL; status <= RADIUS_ERR_INVALID; ++status) {
    INFO(status);
    std::string words = take_explanation(status);
    CHECK(words.find(std::to_string(status)) == std::string::npos);
    CHECK(all.insert(words).second);
  }
  CHECK(take_explanation(RADIUS_ERR_INTERNAL - 1) == "status " + std::to_string(RADIUS_ERR_INTERNAL - 1));
  CHECK(take_explanation(RADIUS_OK) == "status 0");
  CHECK(take_explanation(7) == "status 7");
}

TEST_CASE("what a module said stands for the status, once") {
  set_explanation("the moon is full");
  CHECK(take_explanation(RADIUS_ERR_IO) == "the moon is full");
  CHECK(take_explanation(RADIUS_ERR_IO) == "a file, socket or back end failed");
  set_explanation("the moon is full");
  clear_explanation();
  CHECK(take_explanation().empty());
}
