// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/verdict.h>

#include <atomic>

namespace radhost {

/// Who may touch a request that is answered later, in one atomic word. At any moment it is in the hands of a call (a
/// handler runs, or waits to run on a pool thread), pinned by who acquired its token, both, or neither; meanwhile it
/// may be completed (somebody gave the verdict) or ended (its deadline has passed). Once it is completed or ended and
/// in nobody's hands, it is the worker's again; whoever made it so, and nobody else, must tell the worker: the
/// functions below say so by `Turn::Worker`.
///
/// A request whose handler answers at once never opens it, and pays nothing.
class RequestState {
 public:
  enum class Turn : uint8_t {
    Others,  ///< somebody else has it, or will see to it
    Worker,  ///< it is the worker's again: the caller tells it
  };
  struct Outcome {
    radius_status_t status;
    Turn turn = Turn::Others;
  };
  /// What the worker finds when it has the request again.
  struct Completion {
    radius_verdict_t verdict;
    bool proxied;
    bool ended;  ///< its deadline had passed: it was answered without a verdict
  };

  /// The number that this use of the request has; another one each time.
  uint32_t serial() const { return static_cast<uint32_t>(load() >> 32); }
  bool is_open() const { return (load() & open_flag) != 0; }

  // The thread that has the request in hand.

  /// Begins to be answered later, in a call's hands.
  void open() { word_.store((uint64_t{serial() + 1u} << 32) | open_flag | called_flag, std::memory_order_release); }
  /// A call's end. With RADIUS_PENDING the verdict comes from a completion; any other one completes.
  Turn end_call(radius_verdict_t verdict);

  /// Has the deadline passed meanwhile?
  bool has_ended() const { return (load() & ended_flag) != 0; }

  // The worker.

  /// The deadline has passed. Others: somebody holds the request, and its lists must not be touched. Worker: nobody
  /// does. Nothing: it is completed, and on its way to the worker.
  enum class Expiry : uint8_t {
    Completed,
    Held,
    Free
  };
  Expiry expire();
  /// What became of it, now that it is the worker's.
  Completion completion() const;
  /// Ends this use: its token is void.
  void close() { word_.store(load() & ~uint64_t{0xffffffff}, std::memory_order_release); }
  bool is_pinned() const { return is_pinned(load()); }
  /// Did the module take the token?
  bool is_token_taken() const { return (load() & taken_flag) != 0; }

  // Any thread, by token.

  void take_token() { word_.fetch_or(taken_flag, std::memory_order_acq_rel); }
  bool acquire(uint32_t serial);
  /// Whoever completes or releases says whether it is they who hold the request: RADIUS_ERR_STATE when nobody does, or
  /// when somebody else does. What has its verdict, or has ended, is gone for both.
  Outcome complete(uint32_t serial, radius_verdict_t verdict, bool proxied, bool is_holder);
  /// The same, for who has more to say of it: with RADIUS_OK it is in their hands until they release it.
  Outcome complete_and_hold(uint32_t serial, radius_verdict_t verdict, bool proxied, bool is_holder);
  Outcome release(uint32_t serial, bool is_holder);

 private:
  static constexpr uint64_t open_flag = 1;
  static constexpr uint64_t called_flag = 2;
  static constexpr uint64_t pinned_flag = 4;
  static constexpr uint64_t completed_flag = 8;
  static constexpr uint64_t ended_flag = 16;
  static constexpr uint64_t proxied_flag = 32;
  static constexpr uint64_t taken_flag = 64;
  static constexpr unsigned verdict_shift = 16;

  static bool is_pinned(uint64_t word) { return (word & pinned_flag) != 0; }
  static bool is_workers(uint64_t word) {
    return (word & (completed_flag | ended_flag)) != 0 && (word & (called_flag | pinned_flag)) == 0;
  }
  static uint64_t with_verdict(uint64_t word, radius_verdict_t verdict);
  static radius_status_t give_verdict(uint64_t& word, radius_verdict_t verdict, bool proxied, bool is_holder);
  uint64_t load() const { return word_.load(std::memory_order_acquire); }
  template <class Change>
  Outcome change(uint32_t serial, Change change);

  // Serial in the upper half; a verdict of 16 bits; the flags.
  std::atomic<uint64_t> word_{0};
};

}  // namespace radhost
