// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/timer_queue.h"
#include "exchange/outbound_packet.h"
#include "exchange/retransmission.h"
#include "exchange/server_choice.h"

namespace radhost {

class PoolClient;
struct ServerPort;

/// A request on its way to a home server: its slot, which is reused. It waits for the answer, or for the moment at
/// which it is transmitted again.
struct Outbound : TimerQueue::Timer {
  Outbound(PoolClient& owner, uint32_t slot_number) : client(owner), number(slot_number) {}

  void expired() override;

  PoolClient& client;
  const uint32_t number;  ///< counted from 1
  uint32_t serial = 0;    ///< of its use
  bool is_taken = false;

  OutboundPacket packet;
  bool is_forwarded = false;
  OutboundCall call;  ///< of a Status-Server: nobody's

  size_t server = 0;      ///< where it is now
  ServerSet tried = 0;    ///< where it was
  uint32_t attempts = 0;  ///< transmissions to that one
  ServerPort* port = nullptr;
  uint8_t identifier = 0;
  Retransmission retransmission;

  bool is_probe() const { return call.done == nullptr; }
};

}  // namespace radhost
