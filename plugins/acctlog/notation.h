// SPDX-License-Identifier: Apache-2.0
/// Times, addresses and octets as a record shows them.
#pragma once

#include <span>
#include <string>

#include <stdint.h>

namespace acctlog {

/// RFC 3339 in UTC, with microseconds: `2026-01-31T23:59:59.000001Z`. `time_us` counts from 1970.
void append_time(std::string& line, uint64_t time_us);

/// `192.0.2.1:1812`, `[2001:db8::1]:1812`, `[fe80::1%2]:1812`; 4 or 16 octets.
void append_address(std::string& line, std::span<const uint8_t> address, uint32_t scope_id, uint16_t port);

/// `0x` and two digits an octet.
void append_octets(std::string& line, std::span<const uint8_t> octets);

}  // namespace acctlog
