// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <bitset>
#include <optional>
#include <vector>

#include "exchange/identifiers.h"

namespace radhost {

struct Outbound;

/// The requests that wait for answers over one connection, by what an answer has in common with its request: the
/// Identifier in RADIUS/1.0, the Token in RADIUS/1.1 (RFC 9765 §4.1), which is called their number here.
///
/// On a connection an answer comes sooner or later, or never: the Identifier of a request that was given up is not used
/// for another one before its answer has come, which would be taken for a forged one.
class ConnectionRequests {
 public:
  /// Of RADIUS/1.0: Identifiers 1 to 255. 0 is the watchdog's (RFC 6613 §2.6.5).
  ConnectionRequests() : waiting_(Identifiers::count) { static_cast<void>(identifiers_.take()); }

  /// Of RADIUS/1.1. `most` requests wait at once.
  ConnectionRequests(uint32_t first_token, size_t most)
      : is_1_1_(true), first_token_(first_token), next_token_(first_token), waiting_(std::bit_ceil(most + 1)) {}

  bool is_1_1() const { return is_1_1_; }
  bool has_room() const { return is_1_1_ ? count_ + 1 < waiting_.size() : identifiers_.has_any(); }
  size_t count() const { return count_; }
  /// Will there never be room again?
  bool is_used_up() const { return !has_room() && count_ == 0; }

  /// Gives the request its number. There must be room.
  uint32_t take(Outbound& request) {
    ++count_;
    if (!is_1_1_) {
      uint8_t identifier = *identifiers_.take();
      was_used_.set(identifier);
      waiting_[identifier] = {&request, identifier};
      return identifier;
    }
    // RFC 9765 §4.2.1: a counter. It passes over the place of one that waits unusually long.
    while (place(next_token_).request != nullptr) ++next_token_;
    place(next_token_) = {&request, next_token_};
    return next_token_++;
  }

  /// The number of a Status-Server: 0 (RFC 6613 §2.6.5), or a Token like any other (RFC 9765 §6.2).
  uint32_t take_for_watchdog() { return is_1_1_ ? next_token_++ : 0; }

  /// nullptr for a number of none.
  Outbound* find(uint32_t number) {
    Entry& entry = place(number);
    return entry.number == number ? entry.request : nullptr;
  }

  /// Was it that of a request that does not wait any more?
  bool was_used(uint32_t number) const {
    if (is_1_1_) return number - first_token_ < next_token_ - first_token_;
    return number < Identifiers::count && was_used_.test(number);
  }

  /// The answer has come.
  void answered(uint32_t number) {
    place(number).request = nullptr;
    --count_;
    if (!is_1_1_) identifiers_.give_back(static_cast<uint8_t>(number));
  }
  /// Nobody waits for the answer any more.
  void give_up(uint32_t number) {
    place(number).request = nullptr;
    --count_;
    if (!is_1_1_) given_up_.set(number);
  }
  /// An answer came that nobody waits for.
  void answered_late(uint32_t number) {
    if (is_1_1_ || number >= Identifiers::count || !given_up_.test(number)) return;
    given_up_.reset(number);
    identifiers_.give_back(static_cast<uint8_t>(number));
  }

  std::vector<Outbound*> all() const {
    std::vector<Outbound*> requests;
    for (const Entry& entry : waiting_)
      if (entry.request != nullptr) requests.push_back(entry.request);
    return requests;
  }

 private:
  struct Entry {
    Outbound* request = nullptr;
    uint32_t number = 0;
  };
  Entry& place(uint32_t number) { return waiting_[number & (waiting_.size() - 1)]; }

  bool is_1_1_ = false;
  uint32_t first_token_ = 0;
  uint32_t next_token_ = 0;
  Identifiers identifiers_;
  std::bitset<Identifiers::count> was_used_;
  std::bitset<Identifiers::count> given_up_;
  std::vector<Entry> waiting_;  // as many as a power of two
  size_t count_ = 0;
};

}  // namespace radhost
