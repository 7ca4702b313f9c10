// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "exchange/client.h"
#include "exchange/link.h"
#include "packet/packet.h"

namespace radhost {

/// Whether a request is what its client sent: its Request Authenticator, its Message-Authenticator, and what the
/// client's policy demands. Nothing when it may be answered, else why it is dropped.
/// `link`: what it came over. TLS vouches for what comes over it, so there the policy demands nothing, and in RADIUS/1.1
/// there is nothing to be verified (RFC 9765 §5.2).
/// `sends_message_authenticator`: what `auto` goes by, that this source has sent one before.
std::optional<Discard> verify_request(const Packet& request, const Client& client, const Link& link,
                                      bool sends_message_authenticator);

}  // namespace radhost
