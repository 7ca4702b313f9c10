// SPDX-License-Identifier: Apache-2.0
#include "notation.h"

#include <chrono>
#include <cstdio>
#include <string_view>

#include <arpa/inet.h>
#include <sys/socket.h>

namespace acctlog {

void append_time(std::string& line, uint64_t time_us) {
  using std::chrono::days;
  using std::chrono::microseconds;
  const std::chrono::sys_time<microseconds> time{microseconds(time_us)};
  const auto midnight = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(time - midnight);
  char text[64];
  const int length =
      std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  line.append(text, static_cast<size_t>(length));
}

void append_address(std::string& line, std::span<const uint8_t> address, uint32_t scope_id, uint16_t port) {
  const bool is_ipv6 = address.size() == 16;
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, address.data(), text, sizeof text);
  if (is_ipv6) line += '[';
  line += text;
  if (is_ipv6 && scope_id != 0) line += "%" + std::to_string(scope_id);
  if (is_ipv6) line += ']';
  line += ':';
  line += std::to_string(port);
}

void append_octets(std::string& line, std::span<const uint8_t> octets) {
  constexpr std::string_view hex_digits = "0123456789abcdef";
  line += "0x";
  for (const uint8_t octet : octets) {
    line += hex_digits[octet >> 4];
    line += hex_digits[octet & 0xF];
  }
}

}  // namespace acctlog
