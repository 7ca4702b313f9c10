// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace radhost::test {

/// Octets from digits that a test writes down; throws std::invalid_argument for anything else.
std::vector<uint8_t> unhex(std::string_view digits);

/// `count` octets, all the same.
std::vector<uint8_t> filled(size_t count, uint8_t octet);

/// The octets of text, as a vector of its own.
std::vector<uint8_t> bytes(std::string_view text);

/// The parts, one after the other.
std::vector<uint8_t> joined(std::initializer_list<std::vector<uint8_t>> parts);

}  // namespace radhost::test
