// SPDX-License-Identifier: Apache-2.0
#include "exchange/connection_watchdog.h"

#include <algorithm>

namespace radhost {
namespace {

constexpr uint64_t jitter_max_ns = 2'000'000'000;
constexpr int answers_to_reopen = 3;

}  // namespace

/// RFC 3539 §3.4.1: Tw is TWINIT and up to 2 s more or less, so that watchdogs are not in step.
void ConnectionWatchdog::set_timer(uint64_t now_ns, uint64_t random) {
  uint64_t jitter = std::min(jitter_max_ns, interval_ns_ / 3);
  due_ns_ = now_ns + interval_ns_ - jitter + random % (2 * jitter + 1);
}

ConnectionWatchdog::Action ConnectionWatchdog::opened(bool was_down, uint64_t now_ns, uint64_t random) {
  is_pending_ = false;
  answers_ = 0;
  set_timer(now_ns, random);
  state_ = was_down && is_running() ? State::Reopen : State::Okay;
  if (state_ == State::Okay) return Action::None;
  is_pending_ = true;
  return Action::Send;
}

void ConnectionWatchdog::answered(uint64_t now_ns, uint64_t random) {
  // RFC 3539 §3.4.1: in Reopen only the watchdog's own answers count.
  if (state_ != State::Okay && state_ != State::Suspect) return;
  state_ = State::Okay;
  set_timer(now_ns, random);
}

bool ConnectionWatchdog::watchdog_answered(uint64_t now_ns, uint64_t random) {
  is_pending_ = false;
  switch (state_) {
    case State::Okay: set_timer(now_ns, random); return false;
    case State::Suspect:
      set_timer(now_ns, random);
      state_ = State::Okay;
      return true;
    case State::Reopen:
      if (++answers_ < answers_to_reopen) return false;
      state_ = State::Okay;
      return true;
    case State::Initial:
    case State::Down: break;
  }
  return false;
}

ConnectionWatchdog::Action ConnectionWatchdog::expired(uint64_t now_ns, uint64_t random) {
  set_timer(now_ns, random);
  bool is_open = state_ == State::Okay || state_ == State::Suspect || state_ == State::Reopen;
  if (!is_open) return Action::None;
  if (state_ == State::Suspect) {
    state_ = State::Down;
    return Action::Close;
  }
  if (!is_pending_) {
    is_pending_ = true;
    return Action::Send;
  }
  if (state_ == State::Okay) {
    state_ = State::Suspect;
    return Action::Suspend;
  }
  // In Reopen a first silence costs the answers that there were, a second one the connection.
  if (answers_ >= 0) {
    answers_ = -1;
    return Action::None;
  }
  state_ = State::Down;
  return Action::Close;
}

}  // namespace radhost
