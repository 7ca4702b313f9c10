// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace radhost {

/// Why a datagram from a home server is dropped: its request goes on waiting.
enum class BadAnswer : uint8_t {
  Malformed,
  Unsolicited,  ///< an Identifier that was never used
  Late,         ///< its request has ended, or was never this one's
  UnexpectedCode,
  BadAuthenticator,
  BadMessageAuthenticator,
  MissingMessageAuthenticator,
  StaleTimestamp,
};
inline constexpr size_t bad_answer_count = 8;

/// Log words and labels, by the order above.
inline constexpr std::array<std::string_view, bad_answer_count> bad_answer_words{
    "malformed",
    "unsolicited",
    "late",
    "unexpected_code",
    "bad_authenticator",
    "bad_message_authenticator",
    "missing_message_authenticator",
    "stale_timestamp",
};

}  // namespace radhost
