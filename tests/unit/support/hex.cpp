// SPDX-License-Identifier: Apache-2.0
#include "support/hex.h"

#include <stdexcept>

namespace radhost::test {

std::vector<uint8_t> unhex(std::string_view digits) {
  auto octets = from_hex(digits);
  if (!octets) throw std::invalid_argument("no hexadecimal octets: " + std::string(digits));
  return *octets;
}

std::vector<uint8_t> filled(size_t count, uint8_t octet) { return std::vector<uint8_t>(count, octet); }

std::vector<uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

std::vector<uint8_t> joined(std::initializer_list<std::vector<uint8_t>> parts) {
  std::vector<uint8_t> whole;
  for (const auto& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

}  // namespace radhost::test
