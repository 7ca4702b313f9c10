// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/timer_queue.h"
#include "exchange/outbound_packet.h"
#include "exchange/retransmission.h"
#include "exchange/server_choice.h"

namespace radhost {

class PoolClient;
class HomeConnection;
struct ServerPort;

/// A request on its way to a home server: its slot, which is reused. It waits for the answer, or for the moment at
/// which it is transmitted again; over TCP and TLS, for a connection first.
struct Outbound : TimerQueue::Timer {
  Outbound(PoolClient& owner, uint32_t slot_number) : client(owner), number(slot_number) {}

  void expired() override;

  PoolClient& client;
  const uint32_t number;  ///< counted from 1
  uint32_t serial = 0;    ///< of its use
  bool is_taken = false;

  OutboundPacket packet;
  const SharedSecret* hidden_with = nullptr;  ///< the packet's values; nullptr for RADIUS/1.1
  bool was_sent = false;                      ///< so that for another connection it must be a packet of its own
  bool is_forwarded = false;
  OutboundCall call;  ///< of a Status-Server: nobody's

  size_t server = 0;                     ///< where it is now
  ServerSet tried = 0;                   ///< where it was
  uint32_t attempts = 0;                 ///< transmissions to that one
  ServerPort* port = nullptr;            ///< over UDP
  HomeConnection* connection = nullptr;  ///< over TCP and TLS; nullptr while it waits for one
  uint32_t identifier = 0;               ///< or Token
  bool was_missed = false;               ///< its answer, over this connection
  Retransmission retransmission;

  /// Where it is, to come back to.
  struct Place {
    size_t server;
    uint32_t attempts;
    ServerPort* port;
    HomeConnection* connection;
    uint32_t identifier;
  };
  Place place() const { return {server, attempts, port, connection, identifier}; }
  void go_to(const Place& to) {
    server = to.server;
    attempts = to.attempts;
    port = to.port;
    connection = to.connection;
    identifier = to.identifier;
  }

  bool is_probe() const { return call.done == nullptr; }
};

}  // namespace radhost
