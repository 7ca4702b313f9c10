// SPDX-License-Identifier: Apache-2.0
#include "packet/code.h"

#include <array>
#include <string>
#include <utility>

namespace radhost {
namespace {

constexpr std::array<std::pair<Code, std::string_view>, 14> names{{
    {Code::AccessRequest, "Access-Request"},
    {Code::AccessAccept, "Access-Accept"},
    {Code::AccessReject, "Access-Reject"},
    {Code::AccountingRequest, "Accounting-Request"},
    {Code::AccountingResponse, "Accounting-Response"},
    {Code::AccessChallenge, "Access-Challenge"},
    {Code::StatusServer, "Status-Server"},
    {Code::DisconnectRequest, "Disconnect-Request"},
    {Code::DisconnectAck, "Disconnect-ACK"},
    {Code::DisconnectNak, "Disconnect-NAK"},
    {Code::CoaRequest, "CoA-Request"},
    {Code::CoaAck, "CoA-ACK"},
    {Code::CoaNak, "CoA-NAK"},
    {Code::ProtocolError, "Protocol-Error"},
}};

constexpr std::array<std::string_view, request_kind_count> kind_words{"access", "accounting", "coa", "disconnect"};

}  // namespace

std::string_view code_name(Code code) {
  for (auto& [known, name] : names)
    if (known == code) return name;
  return {};
}

std::optional<Code> code_by_name(std::string_view name) {
  for (auto& [code, known] : names)
    if (known == name || std::to_string(static_cast<unsigned>(code)) == name) return code;
  return std::nullopt;
}

std::optional<RequestKind> request_kind(Code code) {
  switch (code) {
    case Code::AccessRequest: return RequestKind::Access;
    case Code::AccountingRequest: return RequestKind::Accounting;
    case Code::CoaRequest: return RequestKind::Coa;
    case Code::DisconnectRequest: return RequestKind::Disconnect;
    default: return std::nullopt;
  }
}

std::string_view kind_word(RequestKind kind) { return kind_words[static_cast<size_t>(kind)]; }

std::optional<RequestKind> kind_by_word(std::string_view word) {
  for (size_t i = 0; i < kind_words.size(); ++i)
    if (kind_words[i] == word) return static_cast<RequestKind>(i);
  return std::nullopt;
}

}  // namespace radhost
