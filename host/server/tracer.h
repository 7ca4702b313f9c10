// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

#include "control/controls.h"
#include "control/http_stream.h"
#include "exchange/request_witness.h"

namespace radhost {

struct Foundation;

/// Tells those who ask what becomes of requests, while it happens: what was received, each handler's verdict, what it
/// wrote, and the answer. Nobody waits for them: what a follower does not take in time is lost and counted. While nobody
/// asks, no worker calls it. Its calls as a witness come on workers' threads; the others on any.
class Tracer final : public RequestWitness {
 public:
  static constexpr size_t followers_max = 8;

  explicit Tracer(Foundation& foundation) : foundation_(foundation) {}
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Null when there are as many as may be.
  std::shared_ptr<HttpStream> follow(const TraceFilter& filter);

  /// Now and then: tells followers that nothing was lost, or how much; and forgets those that are gone. Are there any?
  bool look();

  void received(const Request& request) override;
  void handled(const radius_request& request, const Instance& instance, const ChainOutcome& outcome,
               uint64_t took_ns) override;
  void failed(const Request& request, const ChainOutcome& outcome) override;
  void replied(const Request& request, bool is_delayed) override;
  void discarded(const Request& request, Discard reason) override;

 private:
  struct Follower {
    TraceFilter filter;
    std::shared_ptr<HttpStream> stream;  // null: the place is free
    uint64_t lost = 0;
  };
  bool wants(const Follower& follower, const Request& request) const;
  uint32_t followers_of(const Request& request) const;
  void tell(uint32_t followers, const std::string& line);

  Foundation& foundation_;
  mutable std::mutex mutex_;
  std::array<Follower, followers_max> followers_;
};

}  // namespace radhost
