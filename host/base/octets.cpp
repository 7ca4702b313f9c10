// SPDX-License-Identifier: Apache-2.0
#include "base/octets.h"

#include <openssl/crypto.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

namespace radhost {

bool equal_in_constant_time(Octets a, Octets b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(MutableOctets octets) { OPENSSL_cleanse(octets.data(), octets.size()); }

void wipe_ended(MutableOctets octets) {
  wipe(octets);
#ifdef RADHOST_GUARDS
  std::fill(octets.begin(), octets.end(), uint8_t{0xdd});
#endif
}

std::string to_hex(Octets octets) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(octets.size() * 2);
  for (uint8_t octet : octets) {
    hex += digits[octet >> 4];
    hex += digits[octet & 15];
  }
  return hex;
}

namespace {

int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

std::optional<std::vector<uint8_t>> from_hex(std::string_view hex) {
  std::vector<uint8_t> octets;
  octets.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size();) {
    if (is_blank(hex[i])) {
      ++i;
      continue;
    }
    if (i + 1 >= hex.size()) return std::nullopt;
    int high = digit_value(hex[i]);
    int low = digit_value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    octets.push_back(static_cast<uint8_t>(high << 4 | low));
    i += 2;
  }
  return octets;
}

void fill_random(MutableOctets octets) {
  while (!octets.empty()) {
    ssize_t got = getrandom(octets.data(), octets.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::runtime_error("the system gives no random octets");
    octets = octets.subspan(static_cast<size_t>(got));
  }
}

}  // namespace radhost
