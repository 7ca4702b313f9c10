// SPDX-License-Identifier: Apache-2.0
#include "plugin/thread_store.h"

#include <algorithm>

#include "base/clock.h"

namespace radhost {
namespace {

constexpr uint64_t ttl_max_ms = uint64_t{1000} * 60 * 60 * 24 * 365;

uint64_t until_ns(uint64_t now_ns, uint64_t ttl_ms) { return now_ns + std::min(ttl_ms, ttl_max_ms) * 1000000; }

}  // namespace

void ThreadStore::Answer::give(radius_status_t outcome) const {
  bool shows = found && outcome == status;
  Octets octets = shows ? found.octets() : Octets();
  done(data, outcome, shows ? octets.data() : nullptr, octets.size());
}

radius_status_t ThreadStore::is_ready() const {
  if (has_ended_ || std::this_thread::get_id() != owner_) return RADIUS_ERR_STATE;
  return left_ >= waiting_max_ ? RADIUS_ERR_LIMIT : RADIUS_OK;
}

void ThreadStore::answer(radius_status_t status, Store::Found found, radius_store_callback_t done, void* data) {
  waiting_.push_back({done, data, status, std::move(found)});
  ++left_;
  turn_.add(*this);
}

void ThreadStore::answer_with(Store::Found found, radius_store_callback_t done, void* data) {
  radius_status_t status = found ? RADIUS_OK : RADIUS_ERR_NOT_FOUND;
  answer(status, std::move(found), done, data);
}

void ThreadStore::get(Octets key, radius_store_callback_t done, void* data) {
  answer_with(store_.get(key, monotonic_ns()), done, data);
}

void ThreadStore::take(Octets key, radius_store_callback_t done, void* data) {
  answer_with(store_.take(key, monotonic_ns()), done, data);
}

void ThreadStore::put(Octets key, Octets value, uint64_t ttl_ms, radius_store_callback_t done, void* data) {
  uint64_t now_ns = monotonic_ns();
  bool is_kept = store_.put(key, value, now_ns, until_ns(now_ns, ttl_ms));
  answer(is_kept ? RADIUS_OK : RADIUS_ERR_LIMIT, {}, done, data);
}

void ThreadStore::put_new(Octets key, Octets value, uint64_t ttl_ms, radius_store_callback_t done, void* data) {
  uint64_t now_ns = monotonic_ns();
  Store::Found found;
  bool is_kept = store_.put_new(key, value, now_ns, until_ns(now_ns, ttl_ms), found);
  radius_status_t refusal = found ? RADIUS_ERR_STATE : RADIUS_ERR_LIMIT;
  answer(is_kept ? RADIUS_OK : refusal, std::move(found), done, data);
}

/// What is asked meanwhile is for the next turn.
void ThreadStore::give_all(radius_status_t (*outcome)(const Answer&)) {
  std::swap(waiting_, giving_);
  for (const Answer& answer : giving_) {
    --left_;
    answer.give(outcome(answer));
  }
  giving_.clear();
}

void ThreadStore::run() {
  give_all([](const Answer& answer) { return answer.status; });
}

void ThreadStore::end() {
  has_ended_ = true;
  turn_.remove(*this);
  give_all([](const Answer&) -> radius_status_t { return RADIUS_ERR_GONE; });
}

}  // namespace radhost
