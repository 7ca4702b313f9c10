// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "exchange/client.h"
#include "packet/packet.h"

namespace radhost {

/// Whether a request is what its client sent: its Request Authenticator, its Message-Authenticator, and what the
/// client's policy demands. Nothing when it may be answered, else why it is dropped.
/// `sends_message_authenticator`: what `auto` goes by, that this source has sent one before.
std::optional<Discard> verify_request(const Packet& request, const Client& client, bool sends_message_authenticator);

}  // namespace radhost
