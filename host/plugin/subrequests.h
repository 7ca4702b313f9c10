// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/log.h"
#include "packet/encode.h"
#include "plugin/chain_version.h"
#include "plugin/subrequest.h"

namespace radhost {

/// The subrequests of one worker (radius/ext/subrequest.h): runs them through their chains, whether handlers answer at
/// once or later, and ends them no later than the requests they belong to. Bounded, and allocates nothing once as many
/// have been under way. Belongs to the worker's thread.
class Subrequests {
 public:
  /// That one request may have under way.
  static constexpr uint32_t of_one_request_max = 16;

  /// All that is named outlives it.
  struct Parts {
    TokenTable& tokens;
    ReadyQueue& ready;
    TimerQueue& timers;
    Log& log;
    size_t worker;
    size_t subrequests_max;
    uint32_t depth_max;
  };
  explicit Subrequests(const Parts& parts) : parts_(parts) {}
  Subrequests(const Subrequests&) = delete;
  Subrequests& operator=(const Subrequests&) = delete;
  ~Subrequests();

  /// The thread whose it is.
  void belongs_to_this_thread() { owner_ = std::this_thread::get_id(); }

  /// What begins from now on, is bounded so.
  void limit(size_t subrequests_max, uint32_t depth_max) {
    parts_.subrequests_max = subrequests_max;
    parts_.depth_max = depth_max;
  }

  /// What a module asks for.
  struct Call {
    const Instance* by;
    std::string_view chain;
    radius_request* outer;
    const radius_list* attributes;
    radius_subrequest_callback_t done;
    void* data;
  };
  radius_status_t run(const Call& call);

  /// Goes on with one that was in other hands.
  void resume(radius_request& request) { resume(static_cast<Subrequest&>(request)); }

  /// A request has come to its end: those that it still has are ended too.
  void end_of(radius_request& outer);

  /// Is nothing under way, or held by somebody though its time is over?
  bool is_idle() const { return free_.size() == slots_.size(); }

 private:
  friend class Subrequest::Deadline;

  radius_status_t may_run(const Call& call, const ChainVersion*& chain) const;
  radius_status_t put_attributes(const Call& call, Subrequest& subrequest);
  Subrequest* take();
  void begin(Subrequest& subrequest, const Call& call, const ChainVersion& chain);
  void begin_round(Subrequest& subrequest);
  void release(Subrequest& subrequest);

  void park(Subrequest& subrequest);
  void unpark(Subrequest& subrequest);
  void resume(Subrequest& subrequest);
  void expire(Subrequest& subrequest);
  void cancel(Subrequest& subrequest);
  RequestState::Expiry stop_waiting(Subrequest& subrequest);

  void conclude(Subrequest& subrequest, ChainOutcome&& outcome);
  void answer_with(Subrequest& subrequest, ChainOutcome outcome, radius_verdict_t verdict);
  bool finish_answered(Subrequest& subrequest);
  bool keep_for_next_round(Subrequest& subrequest);
  void end_round(Subrequest& subrequest);
  void put_back_round(Subrequest& subrequest);
  void answer(Subrequest& subrequest, radius_verdict_t verdict, const radius_list& reply);
  const radius_list& no_reply(const Subrequest& subrequest);
  void log_failure(const Subrequest& subrequest, const ChainOutcome& outcome);

  Parts parts_;
  std::thread::id owner_;
  std::vector<std::unique_ptr<Subrequest>> slots_;
  std::vector<Subrequest*> free_;  // the last one given back is first
  AttributeList copied_;           // of a received list, to be encoded anew
  SaltSource salts_{0};            // never asked: nothing is hidden here
  AttributeList nothing_;
  radius_list no_reply_{nullptr, &nothing_, nullptr, false, nullptr};
  uint64_t logged_second_ = 0;
  uint64_t unlogged_ = 0;
};

}  // namespace radhost
