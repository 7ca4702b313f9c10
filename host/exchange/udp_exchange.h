// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/delayed_replies.h"
#include "exchange/listener_versions.h"
#include "exchange/request_pool.h"
#include "net/relay_socket.h"
#include "net/udp_listener.h"

namespace radhost {

/// Between one UDP socket and its worker's pipeline: datagrams are received straight into request slots, and the
/// replies go out from there in the same batches, or later.
class UdpExchange final : public DatagramHandler, public ReplyPath {
 public:
  struct Parts {
    std::shared_ptr<const Listener> listener;
    Pipeline& pipeline;
    TimerQueue& timers;
    size_t worker;
    size_t workers;       ///< that share the listener's duplicate cache
    SocketAddress bound;  ///< of the socket
    std::unique_ptr<DuplicateCache> duplicates = nullptr;  ///< what is known already; null: nothing
    RelaySocket* predecessor = nullptr;                    ///< whom this one takes over from; nullptr for nobody
  };
  /// As large as the listener says; `hash`: like another one's.
  static std::unique_ptr<DuplicateCache> make_cache(const Listener& listener, size_t workers, const KeyedHash& hash);
  /// All of them outlive it.
  explicit UdpExchange(Parts parts);
  ~UdpExchange() override;

  size_t give_rooms(UdpInbox& inbox) override;
  void receive(std::span<const Datagram> datagrams) override;
  void dropped(uint64_t count) override;
  std::span<const Datagram> outgoing() override;
  void sent(size_t count, bool next_refused) override;

  void send(Request& request) override;
  void send_copy(const Request& request, uint64_t due_ns) override;
  void give_back(Request& request) override;
  bool pass_on(const Request& request) override;

  /// Requests that come from now on are dealt with as this version of the listener says. Between two batches.
  void replace(std::shared_ptr<const Listener> next);

  /// Is nothing under way: no request in anybody's hands, no reply that waits?
  bool is_idle() const;
  /// Sends replies that wait for their time at once: there is no later.
  void hurry() { delayed_.hurry(); }
  /// Stops waiting for handlers: all of them, or those of requests that hold this version of the listener.
  void expire_all(const Listener* version = nullptr);

  // When another process takes over.

  /// Null where copies were never known.
  const DuplicateCache* duplicates() const { return duplicates_.get(); }
  void begin_telling();
  /// Appends records of what was answered, at most `count`. False when all that there are were told.
  bool tell_answered(size_t count, std::vector<uint8_t>& records);
  /// The same of what is in hand.
  void tell_in_hand(std::vector<uint8_t>& records);
  /// Deals with a datagram that the other process received, and passes on.
  void receive_relayed(const Datagram& datagram);
  /// The one that was taken over from is gone; `records`: what it has answered since.
  void forget_predecessor(Octets records);

 private:
  /// What is sent belongs to a request's slot, or is a copy.
  struct Outgoing {
    Request* request;
    DelayedReplies::Reply* copy;
  };
  /// Where requests that come now are remembered; nullptr for nowhere.
  DuplicateCache* used_duplicates() { return remembers_ ? duplicates_.get() : nullptr; }
  void put_room(UdpInbox& inbox, size_t place, Request& request);
  void put_outgoing(const Datagram& to, MutableOctets octets, Outgoing outgoing);

  ListenerVersions versions_;
  Pipeline& pipeline_;
  size_t workers_;
  bool remembers_;                              // as the listener says
  std::unique_ptr<DuplicateCache> duplicates_;  // null where copies were never known
  SocketAddress bound_;
  RelaySocket* predecessor_;
  DelayedReplies delayed_;
  RequestPool pool_;
  std::vector<Request*> rooms_;      // taken from the pool, by their places in the inbox
  size_t used_ = 0;                  // the first so many of them have their datagrams and went on their way
  std::vector<Outgoing> outgoing_;   // in order
  std::vector<Datagram> datagrams_;  // of outgoing_, beside it
};

}  // namespace radhost
