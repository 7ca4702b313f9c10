// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/timer_queue.h"
#include "exchange/client_connection.h"
#include "exchange/duplicate_cache.h"
#include "exchange/listener.h"
#include "exchange/reply_path.h"
#include "net/udp_socket.h"
#include "packet/packet.h"
#include "plugin/chain_version.h"
#include "plugin/request.h"

namespace radhost {

class Pipeline;
class RequestWitness;

/// A request's slot: the datagram was received into it, its lists are filled in it, and its reply is encoded in it.
/// Slots are reused, the last one given back first, so that they stay warm. Belongs to one worker; but while handlers
/// have it, its lists are in their hands (RequestState).
struct Request : radius_request {
  explicit Request(Pipeline& pipeline) : deadline(pipeline, *this) {}

  std::array<uint8_t, Packet::maximum_size> received_octets;
  std::array<uint8_t, Packet::maximum_size> reply_octets;
  size_t reply_size = 0;

  Datagram datagram;         ///< its octets lie in `received_octets`
  uint64_t received_ns = 0;  ///< monotonic
  Link link;                 ///< what it came over
  std::shared_ptr<ClientConnection> connection;  ///< null over UDP
  std::optional<Packet> packet;
  const Listener* listener = nullptr;
  const Client* client = nullptr;
  DuplicateCache* duplicates = nullptr;  ///< where its answer is remembered; nullptr for nowhere
  DuplicateCache::Claim claim;
  bool is_status = false;
  bool is_in_flight = false;                       ///< handlers answer later
  ChainOutcome outcome;                            ///< of one whose handlers hear of it on pool threads
  bool is_answered = false;                        ///< while somebody held it: its handlers have yet to hear of it
  radius_verdict_t final_verdict = RADIUS_REJECT;  ///< what they will hear

  ReplyPath* path = nullptr;          ///< whose slot it is now
  RequestWitness* usual = nullptr;    ///< who looks on at all that is dealt with in this slot; nullptr for nobody
  mutable uint32_t followers = 0;     ///< a tracer's own

  /// When the worker stops waiting for a handler.
  class Deadline : public TimerQueue::Timer {
   public:
    Deadline(Pipeline& pipeline, Request& request) : pipeline_(pipeline), request_(request) {}
    ~Deadline() override;

   private:
    void expired() override;
    Pipeline& pipeline_;
    Request& request_;
  };
  Deadline deadline;

  /// What its client shares with the server over this link; RADIUS/1.1 has no use for it (RFC 9765 §4.1).
  const SharedSecret& secret() const { return client->secret_over(link); }

  MutableOctets reply_written() { return MutableOctets(reply_octets).first(reply_size); }
  Octets reply_written() const { return Octets(reply_octets).first(reply_size); }
};

}  // namespace radhost
