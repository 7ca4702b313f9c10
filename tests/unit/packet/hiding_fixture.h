// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/hidden.h"
#include "support/hex.h"

namespace radhost::test {

/// A shared secret, a Request Authenticator, and the key for hidden values that they make.
struct HidingFixture {
  SharedSecret secret{octets_of("xyzzy5461")};
  std::vector<uint8_t> authenticator = unhex("000102030405060708090a0b0c0d0e0f");
  HidingKey key{secret, authenticator};
};

}  // namespace radhost::test
