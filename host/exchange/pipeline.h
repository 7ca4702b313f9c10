// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"
#include "exchange/answer.h"
#include "exchange/discard_log.h"
#include "exchange/request.h"
#include "exchange/request_witness.h"
#include "exchange/source_policy.h"
#include "exchange/tally.h"
#include "packet/encode.h"
#include "plugin/conversations.h"
#include "plugin/subrequests.h"
#include "plugin/token_table.h"

namespace radhost {

/// The way of requests through one worker, from the datagram to the reply, whether their handlers answer at once or
/// later. Belongs to that worker's thread.
class Pipeline {
 public:
  struct Parts {
    Log& log;
    WorkerCounters& counters;
    TimerQueue& timers;
    ReadyQueue& ready;
    TokenTable& tokens;
    Conversations& conversations;
    Subrequests& subrequests;
    SourcePolicy& sources;
    size_t worker;
    uint64_t random;                    ///< where salts and jitter begin
    uint64_t first_id;                  ///< of requests, for logs; each worker's differ from the others'
    const std::atomic<RequestWitness*>& tracer;  ///< who looks on from the next request on, if nobody else does
    RequestWitness* witness = nullptr;           ///< who looks on; nullptr for nobody
  };
  explicit Pipeline(const Parts& parts);

  /// A slot for requests that come by this path. `witness`: who looks on at them, in place of the worker's.
  std::unique_ptr<Request> make_request(ReplyPath& path, RequestWitness* witness = nullptr);
  /// Slots that their path needs no longer, cleared: they are kept, because tokens may still name them, and given to
  /// others.
  void take_back(std::vector<std::unique_ptr<Request>> requests);

  /// Takes the time that a batch of requests is looked at.
  void begin_batch();

  /// Deals with the datagram in the slot. Its path hears what becomes of it: now, or later when a handler has
  /// answered. `duplicates`: of this listener and worker; nullptr for none.
  void process(const Listener& listener, DuplicateCache* duplicates, Request& request);

  /// Goes on with a request that was in other hands.
  void resume(Request& request);

  /// A handler did not answer in time.
  void expire(Request& request);

  /// Counts a reply that the system would not send.
  void count_unsent(const Account& account, const Datagram& datagram);

  static Account account(const Request& request) {
    return {request.listener->record, request.client == nullptr ? nullptr : &request.client->record, request.kind};
  }

  Tally& tally() { return tally_; }
  TimerQueue& timers() { return timers_; }

 private:
  /// What becomes of a request: nothing yet, a reply in its slot, or a reason why there is none.
  struct Progress {
    enum class Next : uint8_t {
      Later,
      Reply,
      ReplyLater,  ///< when `due_ns` has come
      Refuse,      ///< a Protocol-Error in its slot says that there is no other reply
      Discard
    } next = Next::Later;
    Discard reason = Discard::Unanswered;
    uint64_t due_ns = 0;

    bool is_dropped() const { return next == Next::Discard || next == Next::Refuse; }
    static Progress discard(Discard reason) { return {Next::Discard, reason, 0}; }
  };

  // The way in: pipeline_way_in.cpp.
  Progress begin(Request& request);
  Progress answer_status(Request& request);
  Progress check_before_chain(Request& request);
  Progress find_duplicate(Request& request);
  static Progress find_in_hand(Request& request);
  Progress find_conversation(Request& request);
  static Progress pass_on(const Request& request);
  static void begin_received(Request& request);
  void note_source(const Request& request, bool must);
  void warn_once(const Request& request);

  // In the chain.
  Progress run_chain(Request& request);
  Progress park(Request& request);
  void enter_flight(Request& request);
  void leave_flight(Request& request);

  // The way out: pipeline_way_out.cpp.
  Progress conclude(Request& request, ChainOutcome&& outcome);
  Progress answer(Request& request, const ChainOutcome& outcome, Answer answer);
  void finish_answered(Request& request);
  Progress conclude_without_lists(Request& request, const ChainOutcome& outcome);
  Progress reply(Request& request, const Answer& answer, const AttributeList& attributes, Octets own = {});
  bool put_state(Request& request, MutableOctets attribute);
  Progress no_answer(Request& request, Discard reason, uint32_t error_cause = 0);
  Progress refuse_kind(Request& request);
  Progress refuse(Request& request, Discard reason, uint32_t error_cause);
  Progress refuse_if_asked_over_1_1(Request& request, Discard reason, uint32_t error_cause = 0);
  uint64_t jittered(uint64_t delay_ns);

  void settle(Request& request, const Progress& progress);
  void note_failure(const Request& request, const ChainOutcome& outcome);
  void note_end(const Request& request, const Progress& progress);
  void note_discard(const Request& request, Discard reason);

  static RequestWitness* witness_of(const Request& request) { return static_cast<RequestWitness*>(request.witness); }
  Conversations::Place place(const Request& request) {
    return {request.listener->name, request.client->record.conversations, now_ns_};
  }

  Log& log_;
  Tally tally_;
  DiscardLog discard_log_;
  TimerQueue& timers_;
  ReadyQueue& ready_;
  TokenTable& tokens_;
  Conversations& conversations_;
  Subrequests& subrequests_;
  SourcePolicy& sources_;
  size_t worker_;
  SaltSource salts_;
  uint64_t random_;
  uint64_t next_id_;
  RequestWitness* witness_;
  const std::atomic<RequestWitness*>& tracer_;
  std::vector<std::unique_ptr<Request>> spare_;
  uint64_t now_ns_ = 0;
  int64_t wall_clock_us_ = 0;
};

}  // namespace radhost
