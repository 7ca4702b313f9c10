// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>

#include "exchange/request_witness.h"
#include "plugin/chain_version.h"

namespace radhost {

/// Prints each request, its handlers' verdicts and its reply as people read them; values that are hidden on the wire
/// stay hidden. Any worker's thread.
class RequestPrinter : public RequestWitness {
 public:
  RequestPrinter(std::ostream& out, bool has_colours) : out_(out), has_colours_(has_colours) {}

  void received(const Request& request) override;
  void handled(const radius_request& request, const Instance& instance, const ChainOutcome& outcome,
               uint64_t took_ns) override;
  void failed(const Request& request, const ChainOutcome& outcome) override;
  void replied(const Request& request, bool is_delayed) override;
  void discarded(const Request& request, Discard reason) override;

 private:
  enum class Colour : uint8_t {
    Bold,
    Faint,
    Red,
    Green,
    Yellow
  };
  std::string in(Colour colour, const std::string& text) const;
  std::string verdict_text(Verdict verdict) const;
  void print_attributes(const Request& request, Octets packet);

  std::ostream& out_;
  bool has_colours_;
  std::mutex mutex_;
};

}  // namespace radhost
