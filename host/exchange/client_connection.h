// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>

#include "exchange/client.h"
#include "exchange/link.h"
#include "net/stream_connection.h"
#include "packet/packet.h"

namespace radhost {

struct Request;

/// What is known of a client's connection, for as long as requests that came over it are in hand. One worker's.
class ClientConnection : public StreamConnection::Notes {
 public:
  ClientConnection(StreamConnection& over, Link of, const Client& its_client)
      : stream(&over), link(of), client(&its_client), record(its_client.record) {}

  StreamConnection* stream;  ///< nullptr once it has ended
  const Link link;
  const Client* client;      ///< of the listener's current version
  ClientRecord& record;      ///< where it is counted
  std::string identity;      ///< what the client has proven by, for handlers; empty without TLS
  size_t in_hand = 0;        ///< requests that came over it and have not been given back
  bool is_counted = false;   ///< in `record`
  bool has_waiting = false;  ///< answers that have not been flushed
  bool is_held = false;      ///< a packet that found no room
  uint64_t turn = 0;         ///< of the loop, when it was last heard
  uint32_t taken = 0;        ///< packets in that turn

  /// What a request is in the light of those in hand. On a connection nothing is sent twice (RFC 6613 §2.6.1), so
  /// answers are not remembered.
  enum class Claim : uint8_t {
    New,
    InProgress,  ///< the same octets are in hand
    Reused       ///< the Token of other octets in hand (RFC 9765 §4.2.2)
  };
  /// In RADIUS/1.0 an Identifier that is used anew takes the place of the request before, whose answer nobody could tell
  /// from the new one's.
  Claim claim(const Request& request);
  /// Does its answer still belong to its Identifier or Token?
  bool holds(const Request& request) const;
  void release(const Request& request);

 private:
  uint64_t key_of(const Packet& packet) const;
  std::unordered_map<uint64_t, const Request*> claimed_;
};

}  // namespace radhost
