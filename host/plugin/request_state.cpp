// SPDX-License-Identifier: Apache-2.0
#include "plugin/request_state.h"

#include <algorithm>

namespace radhost {

/// Changes the word in one step. `change(word)` gives the status, and leaves `word` alone when nothing happens.
template <class Change>
RequestState::Outcome RequestState::change(uint32_t serial, Change change) {
  uint64_t before = load();
  for (;;) {
    uint64_t after = before;
    bool is_this_one = static_cast<uint32_t>(before >> 32) == serial && (before & open_flag) != 0;
    radius_status_t status = is_this_one ? change(after) : RADIUS_ERR_GONE;
    if (after == before) return {status, Turn::Others};
    if (word_.compare_exchange_weak(before, after, std::memory_order_acq_rel, std::memory_order_acquire))
      return {status, is_workers(after) ? Turn::Worker : Turn::Others};
  }
}

/// A number that is no verdict stays none when it does not fit.
uint64_t RequestState::with_verdict(uint64_t word, radius_verdict_t verdict) {
  auto kept = static_cast<int16_t>(std::clamp(verdict, INT16_MIN, INT16_MAX));
  return (word & ~(uint64_t{0xffff} << verdict_shift)) | uint64_t{static_cast<uint16_t>(kept)} << verdict_shift |
         completed_flag;
}

RequestState::Turn RequestState::end_call(radius_verdict_t verdict) {
  return change(serial(),
                [verdict](uint64_t& word) -> radius_status_t {
                  if (verdict != RADIUS_PENDING) {
                    // It was completed too: which of the two verdicts was meant?
                    bool is_second = (word & completed_flag) != 0;
                    word = with_verdict(word, is_second ? RADIUS_ERR_STATE : verdict);
                  }
                  word &= ~called_flag;
                  return RADIUS_OK;
                })
      .turn;
}

RequestState::Expiry RequestState::expire() {
  auto expiry = Expiry::Free;
  change(serial(), [&expiry](uint64_t& word) -> radius_status_t {
    if (is_workers(word)) {
      expiry = Expiry::Completed;
      return RADIUS_OK;
    }
    expiry = (word & (called_flag | pinned_flag)) != 0 ? Expiry::Held : Expiry::Free;
    word |= ended_flag;
    return RADIUS_OK;
  });
  return expiry;
}

RequestState::Completion RequestState::completion() const {
  uint64_t word = load();
  auto verdict = static_cast<int16_t>(static_cast<uint16_t>(word >> verdict_shift));
  return {verdict, (word & proxied_flag) != 0, (word & ended_flag) != 0};
}

bool RequestState::acquire(uint32_t serial) {
  return change(serial, [](uint64_t& word) -> radius_status_t {
           if ((word & (pinned_flag | completed_flag | ended_flag)) != 0) return RADIUS_ERR_GONE;
           word |= pinned_flag;
           return RADIUS_OK;
         }).status == RADIUS_OK;
}

radius_status_t RequestState::give_verdict(uint64_t& word, radius_verdict_t verdict, bool proxied, bool is_holder) {
  bool is_gone = (word & (completed_flag | ended_flag)) != 0;
  if (is_pinned(word) != is_holder) return is_gone ? RADIUS_ERR_GONE : RADIUS_ERR_STATE;
  word &= ~pinned_flag;
  if (is_gone) return RADIUS_ERR_GONE;
  word = with_verdict(word, verdict) | (proxied ? proxied_flag : 0);
  return RADIUS_OK;
}

RequestState::Outcome RequestState::complete(uint32_t serial, radius_verdict_t verdict, bool proxied, bool is_holder) {
  return change(serial, [=](uint64_t& word) { return give_verdict(word, verdict, proxied, is_holder); });
}

RequestState::Outcome RequestState::complete_and_hold(uint32_t serial, radius_verdict_t verdict, bool proxied,
                                                      bool is_holder) {
  return change(serial, [=](uint64_t& word) {
    radius_status_t status = give_verdict(word, verdict, proxied, is_holder);
    if (status == RADIUS_OK) word |= pinned_flag;
    return status;
  });
}

RequestState::Outcome RequestState::release(uint32_t serial, bool is_holder) {
  return change(serial, [is_holder](uint64_t& word) -> radius_status_t {
    if (!is_holder || !is_pinned(word)) return RADIUS_ERR_STATE;
    word &= ~pinned_flag;
    return (word & ended_flag) != 0 ? RADIUS_ERR_GONE : RADIUS_OK;
  });
}

}  // namespace radhost
