// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"
#include "exchange/answer.h"
#include "exchange/request.h"
#include "exchange/tally.h"
#include "packet/encode.h"

namespace radhost {

/// The way of a request through one worker, from the datagram to the reply. Belongs to that worker's thread.
class Pipeline {
 public:
  struct Parts {
    const Dictionary& dictionary;
    const DigestLibrary& digests;
    Log& log;
    WorkerCounters& counters;
    size_t worker;
    uint16_t first_salt;  ///< random
    uint64_t first_id;    ///< of requests, for logs; each worker's differ from the others'
  };
  explicit Pipeline(const Parts& parts);

  /// Answers the datagram in the request's slot, which came to this listener. True when the slot holds a reply to
  /// send; otherwise it was discarded, counted and logged.
  bool process(const Listener& listener, Request& request);

  /// Counts a reply that the system would not send.
  void count_unsent(const Listener& listener, const Request& request);

 private:
  std::optional<Discard> answer(const Listener& listener, Request& request);
  void begin_request(const Listener& listener, Request& request, const Packet& packet);
  void warn_of_accounting(const Listener& listener, const Request& request, const Packet& packet);
  void log_failure(const Listener& listener, const Request& request, const ChainOutcome& outcome);
  void discard(const Listener& listener, const Request& request, Discard reason);
  void log_discard(const Listener& listener, const Request& request, Discard reason);
  static Account account(const Listener& listener, const Request& request) {
    return {listener, request.client, request.kind};
  }

  const Dictionary& dictionary_;
  Log& log_;
  Tally tally_;
  size_t worker_;
  Md5 md5_;
  SaltSource salts_;
  uint64_t next_id_;
  /// At most one warning a second of each sort; the others are counted and told with the next.
  struct WarningLimit {
    uint64_t second = 0;
    uint64_t unlogged = 0;

    bool passes();
  };
  std::array<WarningLimit, discard_count> discard_warnings_{};
  WarningLimit failure_warnings_;
};

}  // namespace radhost
