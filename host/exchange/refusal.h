// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "packet/packet.h"

namespace radhost {

struct Request;

/// A negative answer that the host gives by itself.
struct Refusal {
  Code code;
  uint32_t error_cause = 0;
};

/// Is a verified request refused before any handler sees it? RFC 5080 §2.1.1 and RFC 9765 §5.1 for Access-Requests,
/// RFC 5176 §3 for CoA- and Disconnect-Requests.
std::optional<Refusal> refusal_of(Request& request);

/// RFC 5176 §3.2: does it only ask for a new Access-Request?
bool is_authorize_only(const Packet& request);

/// Does it say which NAS it comes from (RFC 2865 §4.1)? A link-local address says nothing (RFC 3162 §2.1).
bool names_nas(const Packet& request);

/// Does it carry what proves a user (RFC 2865 §4.1, RFC 3579 §3.3 note 1)?
bool has_credentials(const Packet& request);

}  // namespace radhost
