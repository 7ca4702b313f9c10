// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/octets.h"
#include "base/result.h"

namespace radhost {

/// What two servers say to each other while the second takes over from the first, in this order:
///
///   second  Hello     which version it speaks
///   first   Offer     what it serves; then Sockets for each address, and Relays
///   second  Ready     all has started; which addresses it takes
///   first   Records   of what it has answered; again and again, while it serves
///   first   AllTold   next to nothing is left that has not been told
///   second  AllHeard  nor that has not been learnt: from here on every millisecond counts
///   first   Records   of the rest, and of what it has in hand
///   first   Yours     it receives nothing any more, and all Records have been sent
///   second  Serving   it receives from now on
///   first   Left      with the sockets of its control plane; it finishes what it has in hand
///   first   Records   of what it has answered since
///   first   Done      that is all; it goes on answering what is passed on
///   second  closes the channel when it knows all that and passes nothing on any more; and the first ends
///
/// Either may close the channel, or say why with Refused, as long as Serving has not been received; then the first goes
/// on as if nothing had been.
class HandoverChannel {
 public:
  /// Raised with every change of what is said.
  static constexpr int version = 1;

  enum class Sort : uint8_t {
    Refused,  ///< text
    Hello,    ///< JSON
    Offer,    ///< JSON
    Sockets,  ///< JSON, and a descriptor for each worker
    Relays,   ///< a descriptor for each worker
    Ready,    ///< JSON
    Records,  ///< handover_messages.h
    AllTold,
    AllHeard,
    Yours,
    Serving,
    Left,  ///< JSON that says which descriptors come with it
    Done
  };
  struct Message {
    Sort sort = Sort::Refused;
    std::vector<uint8_t> octets;
    std::vector<Descriptor> descriptors;

    std::string_view text() const { return text_of(octets); }
  };
  using Patience = std::chrono::milliseconds;

  /// `socket`: a connected Unix stream socket.
  explicit HandoverChannel(Descriptor socket) : socket_(std::move(socket)) {}

  /// Waits where the other one is slow. False when it is gone, or takes too long.
  [[nodiscard]] bool send(Sort sort, Octets octets = {}, std::span<const int> descriptors = {});
  [[nodiscard]] bool send(Sort sort, std::string_view text, std::span<const int> descriptors = {}) {
    return send(sort, octets_of(text), descriptors);
  }

  /// The next message. The error says why there is none.
  Result<Message, std::string> receive(Patience patience);
  /// The same, where nothing but `wanted` is right. What the other one refuses is the error.
  Result<Message, std::string> expect(Sort wanted, Patience patience);

  /// From now on the other one cannot say anything; what it has said can be received.
  void listen_no_more();
  /// Nothing is said any more; who waits is told. Any thread.
  void end();

  /// Who is at the other end: its process, and whether it may have what this one has (it runs as root, or as the same
  /// user). 0: not known.
  struct Peer {
    int pid = 0;
    bool may_have_all = false;
  };
  Peer peer() const;

 private:
  bool await(short events, Patience patience) const;
  bool receive_all(MutableOctets room, std::vector<Descriptor>& descriptors, Patience patience);

  Descriptor socket_;
};

}  // namespace radhost
