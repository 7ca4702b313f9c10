// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/pipeline.h"
#include "net/udp_listener.h"

namespace radhost {

/// Between one UDP socket and its worker's pipeline: datagrams are received straight into request slots, and the
/// replies go out from there in the same batches.
class UdpExchange : public DatagramHandler {
 public:
  /// All of them outlive it. At most `slots` requests are under way at once.
  UdpExchange(const Listener& listener, Pipeline& pipeline, const Dictionary& dictionary, size_t slots);
  ~UdpExchange() override;

  size_t give_rooms(std::span<Datagram> rooms) override;
  void receive(std::span<const Datagram> datagrams) override;
  std::span<const Datagram> outgoing() override;
  void sent(size_t count, bool next_refused) override;

 private:
  const Listener& listener_;
  Pipeline& pipeline_;
  RequestPool pool_;                 // of its own: without a slot something of its own waits to be sent
  std::vector<Request*> rooms_;      // taken from the pool, waiting for datagrams; the last one is first
  std::vector<Request*> outgoing_;   // with replies, in order
  std::vector<Datagram> datagrams_;  // of outgoing_, beside it
};

}  // namespace radhost
