// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/log.h"
#include "exchange/tally.h"
#include "net/udp_socket.h"
#include "plugin/chain_version.h"

namespace radhost {

/// The one place where dropped packets and failed handlers are logged: each at debug, and of each sort one a second at
/// warn, with how many more there were. One worker's.
class DiscardLog {
 public:
  explicit DiscardLog(Log& log) : log_(log) {}

  /// `request_id`: 0 where it did not come so far that it has one.
  void discarded(const Account& account, const Datagram& datagram, uint64_t request_id, Discard reason);
  void failed(const Account& account, uint64_t request_id, const ChainOutcome& outcome);

 private:
  struct Limit {
    uint64_t second = 0;
    uint64_t unlogged = 0;

    bool passes();
  };

  Log& log_;
  std::array<Limit, discard_count> discards_{};
  Limit failures_;
};

}  // namespace radhost
