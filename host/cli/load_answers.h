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
  /// `expected`: the one right answer; nothing when each that answers the request is right. Borrows the rest.
  LoadAnswers(Code request, std::optional<Code> expected, const SharedSecret& secret)
      : request_(request), expected_(expected), secret_(secret) {}

  /// Did whoever knows the secret answer the request with this authenticator? Nothing when so.
  std::optional<WrongAnswer> verify(const Packet& answer, Octets request_authenticator) const;

  /// Is the Code a right one? Nothing when so.
  std::optional<WrongAnswer> check_code(Code code) const;

 private:
  Code request_;
  std::optional<Code> expected_;
  const SharedSecret& secret_;
};

}  // namespace radhost
