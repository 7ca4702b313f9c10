// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/counter.h"
#include "exchange/bad_answer.h"

namespace radhost {

/// What one worker counted of one home server, in the words of RFC 4668 and RFC 4670; written by its thread alone, and
/// good as zeros. Status-Server moves none but its own (RFC 5997 §4.6.2).
struct HomeServerCounters {
  Counter requests;  ///< without retransmissions
  Counter retransmissions;
  Counter answers;
  Counter timeouts;     ///< transmissions that nobody answered in time
  Counter outstanding;  ///< a gauge
  Counter probes;       ///< Status-Server
  Counter probe_answers;
  // Over TCP and TLS.
  Counter connections;         ///< a gauge: those that are open
  Counter connections_opened;  ///< handshakes that went well, over TLS
  Counter connections_failed;  ///< attempts that came to nothing
  Counter watchdog_expiries;   ///< Status-Server that were not answered in time (RFC 3539 §3.4.1)
  std::array<Counter, bad_answer_count> bad_answers;

  Counter& bad(BadAnswer reason) { return bad_answers[static_cast<size_t>(reason)]; }
};

}  // namespace radhost
