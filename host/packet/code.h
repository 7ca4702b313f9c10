// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace radhost {

/// Packet type codes: the IANA registry "RADIUS Packet Type Codes".
enum class Code : uint8_t {
  AccessRequest = 1,
  AccessAccept = 2,
  AccessReject = 3,
  AccountingRequest = 4,
  AccountingResponse = 5,
  AccessChallenge = 11,
  StatusServer = 12,
  DisconnectRequest = 40,
  DisconnectAck = 41,
  DisconnectNak = 42,
  CoaRequest = 43,
  CoaAck = 44,
  CoaNak = 45,
  ProtocolError = 52,
};

/// The name, as the RFCs write it; empty for a number that is no Code of ours.
std::string_view code_name(Code code);

/// The Code of a name, or of a decimal number that has one.
std::optional<Code> code_by_name(std::string_view name);

/// The four kinds of request that handlers answer.
enum class RequestKind : uint8_t {
  Access,
  Accounting,
  Coa,
  Disconnect
};
inline constexpr size_t request_kind_count = 4;

std::optional<RequestKind> request_kind(Code code);

/// "access", "accounting", "coa", "disconnect", as the configuration writes them.
std::string_view kind_word(RequestKind kind);
std::optional<RequestKind> kind_by_word(std::string_view word);

}  // namespace radhost
