// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "support/random.h"

namespace radhost::test {

/// Random attributes as they might be received, `room` octets at most: well-formed one by one, and everything within
/// them right, wrong or unknown. Written from the RFCs, with nothing of the encoder that is tested. The types and
/// vendors are mostly those of packet/definitions.h.
std::vector<uint8_t> random_attributes(Random& random, size_t room);

/// A packet that holds such attributes; Code, Identifier and Authenticator are random too.
std::vector<uint8_t> random_packet(Random& random);

}  // namespace radhost::test
