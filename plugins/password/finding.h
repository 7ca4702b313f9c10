// SPDX-License-Identifier: Apache-2.0
/// What is known of a user, and what checking an offered proof against it came to.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <stdint.h>

namespace password {

/// The credentials that handlers before this one have found. Borrowed.
struct Known {
  std::optional<std::string_view> cleartext;
  std::optional<std::span<const uint8_t, 16>> nt_hash;
  std::optional<std::string_view> crypt;  // as crypt(3) writes it
};

enum class Finding {
  Right,
  Wrong,
  NothingKnown,  // nothing that this kind of proof can be checked against
  Malformed,     // the proof cannot be one
  Unavailable    // this machine lacks the algorithm
};

/// For the log.
constexpr std::string_view to_text(Finding finding) {
  switch (finding) {
    case Finding::Right: return "the password is right";
    case Finding::Wrong: return "the password is wrong";
    case Finding::NothingKnown:
      return "nothing is known of this user that this kind of password can be checked against";
    case Finding::Malformed: return "the request's password attributes are malformed or contradict each other";
    case Finding::Unavailable: return "MS-CHAP needs OpenSSL's legacy provider, which is not there";
  }
  return "";
}

}  // namespace password
