// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace radhost {

/// When a load's requests are sent. Times are of the monotonic clock, in nanoseconds.
class Pace {
 public:
  virtual ~Pace() = default;

  /// A request that is to be sent.
  struct Due {
    std::optional<uint64_t> at_ns;  ///< nothing: whenever it is sent
    size_t step = 0;
  };

  /// How many may be sent now, while so many are unanswered.
  virtual size_t due(uint64_t now_ns, size_t unanswered) const = 0;

  /// The next one; only when one is due.
  virtual Due take() = 0;

  /// When the next one will be due although nothing is answered; nothing when there is no such moment.
  virtual std::optional<uint64_t> next_ns() const = 0;

  /// Will nothing more become due?
  virtual bool is_over(uint64_t now_ns) const = 0;

  /// The moment from which nothing new becomes due; what was due before may still wait.
  virtual uint64_t end_ns() const = 0;
};

/// Closed loop: the next request goes out when an answer came, so that `window` are always unanswered.
class ClosedLoop : public Pace {
 public:
  ClosedLoop(size_t window, uint64_t end_ns) : window_(window), end_ns_(end_ns) {}

  size_t due(uint64_t now_ns, size_t unanswered) const override {
    return now_ns < end_ns_ && unanswered < window_ ? window_ - unanswered : 0;
  }
  Due take() override { return {}; }
  std::optional<uint64_t> next_ns() const override { return std::nullopt; }
  bool is_over(uint64_t now_ns) const override { return now_ns >= end_ns_; }
  uint64_t end_ns() const override { return end_ns_; }

 private:
  size_t window_;
  uint64_t end_ns_;
};

/// Open loop: requests are due at even intervals, whether or not the server keeps up; one rate after the other. A
/// request that could not be sent in time is still due at its own moment, so what it waited counts.
class OpenLoop : public Pace {
 public:
  /// `rates`: requests per second, each above 0, for `step_ns` each.
  OpenLoop(std::vector<double> rates, uint64_t step_ns, uint64_t begin_ns);

  size_t due(uint64_t now_ns, size_t unanswered) const override;
  Due take() override;
  std::optional<uint64_t> next_ns() const override;
  bool is_over(uint64_t) const override { return step_ == rates_.size(); }
  uint64_t end_ns() const override { return begin_ns(rates_.size()); }

 private:
  uint64_t begin_ns(size_t step) const { return begin_ns_ + step * step_ns_; }
  uint64_t due_at(size_t step, uint64_t number) const;
  uint64_t due_by(uint64_t now_ns, size_t step) const;

  std::vector<double> rates_;
  uint64_t step_ns_;
  uint64_t begin_ns_;
  size_t step_ = 0;
  uint64_t taken_ = 0;  // of this step
};

}  // namespace radhost
