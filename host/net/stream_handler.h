// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/address.h"
#include "base/octets.h"
#include "net/stream_end.h"
#include "packet/discard.h"

namespace radhost {

class TlsContext;
class TlsPolicy;
class StreamConnection;

/// What connections of a listener, or to a server, are held to: that of the moment, for each of them.
struct StreamTerms {
  std::shared_ptr<const TlsContext> tls;     ///< null: no TLS
  std::shared_ptr<const TlsPolicy> policy;   ///< with `tls`
  uint64_t handshake_timeout_ns = 0;
  uint64_t idle_timeout_ns = 0;  ///< 0: none
  size_t max_buffered = 0;       ///< octets of answers that wait to be taken: beyond them nothing is read
};

/// Who takes what comes over connections. Called on the loop's thread.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;

  virtual const StreamTerms& terms() const = 0;

  /// One comes from there. True: it may go on, and ended() follows.
  virtual bool admit(const SocketAddress& peer) = 0;

  /// It may speak from now on: over TLS, the handshake is done. Nothing, or why it must not.
  virtual std::optional<StreamEnd> opened(StreamConnection& connection) = 0;

  /// It has sent a packet. False: there is no room for that now, and it is offered again by StreamConnection::resume().
  virtual bool receive(StreamConnection& connection, Octets packet) = 0;

  /// Does it wait for an answer? Then it is not idle.
  virtual bool has_in_hand(const StreamConnection& connection) const = 0;

  /// What it has sent has no border that could be found: it ends by that.
  virtual void unreadable(StreamConnection& connection, Discard reason) = 0;

  /// One that was admitted is over; nothing of it is asked for any more. `detail`: more than the word says; may be empty.
  virtual void ended(StreamConnection& connection, StreamEnd why, std::string_view detail) = 0;
};

/// What the connections of a loop share, because one at a time needs it.
struct StreamRooms {
  static constexpr size_t size = 65536;

  StreamRooms() : received(size), clear(size) {}
  ~StreamRooms() { wipe(clear); }

  std::vector<uint8_t> received;
  std::vector<uint8_t> clear;
  std::vector<std::vector<uint8_t>> spare;  ///< empty, with room, for what is to go out
  std::unordered_set<StreamConnection*> connections;  ///< all that the loop has not closed yet
  size_t lingering = 0;                               ///< those that have ended, and whose last octets are on their way
};

}  // namespace radhost
