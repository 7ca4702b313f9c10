// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "cli/load_tally.h"
#include "packet/authenticator.h"

namespace radhost {

/// The Codes that answer a request of this Code.
std::span<const Code> answer_codes(Code request);

/// The answer that a word means for a request: `ACCEPT`, `nak`, or the Code's name. Nothing when it means none.
std::optional<Code> answer_by_word(Code request, std::string_view word);

/// Judges what comes back.
class LoadAnswers {
 public:
  /// `expected`: the one right answer; nothing when each that answers the request is right. `is_1_1`: in RADIUS/1.1
  /// nothing is signed, and requests are known by their Tokens. Borrows the rest.
  LoadAnswers(Code request, std::optional<Code> expected, const SharedSecret& secret, bool is_1_1 = false)
      : request_(request), expected_(expected), secret_(secret), is_1_1_(is_1_1) {}

  /// Which of a port's requests it is for: its Identifier, or its Token's last octet (LoadRequests).
  uint8_t identifier_of(Octets answer) const { return answer[is_1_1_ ? token_end - 1 : identifier_offset]; }

  /// Did whoever knows the secret answer the request with this authenticator? Nothing when so. In RADIUS/1.1: is it the
  /// request with this Token?
  std::optional<WrongAnswer> verify(const Packet& answer, Octets request_authenticator) const;

  /// Is the Code a right one? Nothing when so.
  std::optional<WrongAnswer> check_code(Code code) const;

 private:
  static constexpr size_t identifier_offset = 1;
  static constexpr size_t token_end = 8;

  Code request_;
  std::optional<Code> expected_;
  const SharedSecret& secret_;
  bool is_1_1_;
};

}  // namespace radhost
