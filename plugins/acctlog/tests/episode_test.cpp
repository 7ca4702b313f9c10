// SPDX-License-Identifier: Apache-2.0
#include "../episode.h"

#include "catch.h"

using acctlog::Episode;

TEST_CASE("of many failures the first is told") {
  Episode episode;
  CHECK(episode.failed(1));
  CHECK_FALSE(episode.failed(2));
  CHECK_FALSE(episode.failed(3));
}

TEST_CASE("a success without a failure before it is nothing to tell") {
  Episode episode;
  CHECK_FALSE(episode.succeeded(1));
}

TEST_CASE("an episode ends with a success some seconds after the last failure, and then a new one begins") {
  Episode episode;
  CHECK(episode.failed(10));
  CHECK_FALSE(episode.succeeded(11));
  CHECK_FALSE(episode.failed(12));
  CHECK_FALSE(episode.succeeded(12 + Episode::quiet_ns - 1));
  CHECK(episode.succeeded(12 + Episode::quiet_ns));
  CHECK_FALSE(episode.succeeded(13 + Episode::quiet_ns));
  CHECK(episode.failed(14 + Episode::quiet_ns));
}
