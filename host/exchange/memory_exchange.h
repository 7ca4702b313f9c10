// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>

#include "exchange/pipeline.h"

namespace radhost {

/// What became of a request.
struct RequestOutcome {
  std::optional<Verdict> verdict;  ///< nothing when no handler was asked
  std::string why;                 ///< it failed, where it did
  AttributeList reply;             ///< as the handlers left it; and so the next
  AttributeList control;
  std::vector<uint8_t> answer;     ///< the packet that would be sent; empty for none
  std::optional<Discard> discard;  ///< why there is none
};

/// Gives requests to a worker's pipeline that did not come over a network, and keeps what becomes of them. The worker's
/// thread; but the end, when the worker has stopped.
class MemoryExchange : public ReplyPath, public RequestWitness {
 public:
  /// Both outlive it.
  MemoryExchange(Pipeline& pipeline, const Listener& listener) : pipeline_(pipeline), listener_(listener) {}

  /// Deals with a datagram from the loopback address. `done` hears what became of it, once: now or later.
  void receive(Octets datagram, std::function<void(RequestOutcome&&)> done);

  void send(Request& request) override;
  void send_copy(const Request& request, uint64_t due_ns) override;
  void give_back(Request& request) override;

  void concluded(const Request& request, const ChainOutcome& outcome) override;
  void failed(const Request& request, const ChainOutcome& outcome) override;
  void discarded(const Request& request, Discard reason) override;

 private:
  /// A request under way; `done` is empty once it was told.
  struct UnderWay {
    RequestOutcome outcome;
    std::function<void(RequestOutcome&&)> done;
  };
  void tell(const Request& request);

  Pipeline& pipeline_;
  const Listener& listener_;
  std::vector<std::unique_ptr<Request>> slots_;
  std::vector<Request*> free_;
  std::map<const Request*, UnderWay> under_way_;
};

}  // namespace radhost
