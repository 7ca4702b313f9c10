// SPDX-License-Identifier: Apache-2.0
#include "cli/load_answers.h"

#include <algorithm>

#include "cli/packet_text.h"
#include "dictionary/dictionary.h"

namespace radhost {

std::span<const Code> answer_codes(Code request) {
  static constexpr Code access[] = {Code::AccessAccept, Code::AccessReject, Code::AccessChallenge};
  static constexpr Code accounting[] = {Code::AccountingResponse};
  static constexpr Code coa[] = {Code::CoaAck, Code::CoaNak};
  static constexpr Code disconnect[] = {Code::DisconnectAck, Code::DisconnectNak};
  // RFC 5997 §3: what the port answers to other requests when all is well.
  static constexpr Code status[] = {Code::AccessAccept, Code::AccountingResponse};
  switch (request) {
    case Code::AccessRequest: return access;
    case Code::AccountingRequest: return accounting;
    case Code::CoaRequest: return coa;
    case Code::DisconnectRequest: return disconnect;
    case Code::StatusServer: return status;
    default: return {};
  }
}

std::optional<Code> answer_by_word(Code request, std::string_view word) {
  for (Code code : answer_codes(request)) {
    std::string_view name = code_name(code);
    std::string_view last_word = name.substr(name.rfind('-') + 1);
    if (NameEqual{}(name, word) || NameEqual{}(last_word, word)) return code;
  }
  return std::nullopt;
}

std::optional<WrongAnswer> LoadAnswers::verify(const Packet& answer, Octets request_authenticator) const {
  // RFC 9765 §4.1: the rest of the field says nothing.
  if (is_1_1_) {
    constexpr size_t size = PacketTextKey::token_size;
    bool is_same = std::ranges::equal(answer.octets().subspan(PacketTextKey::token_offset, size),
                                      request_authenticator.first(size));
    return is_same ? std::nullopt : std::optional(WrongAnswer::NotAsked);
  }
  if (!verify_response_authenticator(answer, request_authenticator, secret_)) return WrongAnswer::Authenticator;
  if (answer.has(attribute_type::message_authenticator) &&
      !verify_response_message_authenticator(answer, request_authenticator, secret_))
    return WrongAnswer::MessageAuthenticator;
  return std::nullopt;
}

std::optional<WrongAnswer> LoadAnswers::check_code(Code code) const {
  auto right = answer_codes(request_);
  if (std::find(right.begin(), right.end(), code) == right.end()) return WrongAnswer::Code;
  if (expected_ && code != *expected_) return WrongAnswer::Unexpected;
  return std::nullopt;
}

}  // namespace radhost
