// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace radhost::test {

/// One vector of tests/vectors, whose README.md explains the keys.
struct Vector {
  std::string id;
  std::string kind;
  std::string secret;
  std::string answers;
  std::string result;
  std::string discard;
  std::vector<uint8_t> authenticator;
  std::vector<uint8_t> octets;
};

/// All vectors, in the order of the files. Throws std::runtime_error when they cannot be read.
const std::vector<Vector>& all_vectors();

/// The vector of an id; throws std::out_of_range without one.
const Vector& vector(std::string_view id);

}  // namespace radhost::test
