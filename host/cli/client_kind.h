// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "packet/code.h"

namespace radhost {

/// What the commands that ask a server can ask.
struct ClientKind {
  std::string_view word;  ///< as the command line names it
  Code code;
  uint16_t port;  ///< where a server listens for it, unless another port is named
};

/// nullptr when the word names none.
const ClientKind* find_client_kind(std::string_view word);

/// HOST, HOST:PORT, [V6]:PORT, or a bare IPv6 address; nothing for anything else.
std::optional<SocketAddress> parse_server(const std::string& text, uint16_t default_port);

}  // namespace radhost
