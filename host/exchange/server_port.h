// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <memory>

#include "exchange/identifiers.h"
#include "net/client_socket.h"

namespace radhost {

class PoolClient;
struct Outbound;

/// One socket to one home server, and the requests that wait there, by Identifier. What they have in common with
/// answers is nothing but that number: a socket has 256, and each is of one request, whatever its Code.
struct ServerPort final : AnswerHandler {
  ServerPort(PoolClient& owner, size_t server_number) : client(owner), server(server_number) {}

  void receive(Octets datagram) override;

  PoolClient& client;
  const size_t server;  ///< its number in the pool
  Identifiers identifiers;
  std::array<Outbound*, Identifiers::count> waiting{};
  std::bitset<Identifiers::count> was_used;
  std::unique_ptr<ClientSocket> socket;
};

}  // namespace radhost
