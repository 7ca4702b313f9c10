// SPDX-License-Identifier: Apache-2.0
#include "cli/load_pace.h"

#include <algorithm>
#include <cmath>

namespace radhost {
namespace {

constexpr double ns_per_s = 1e9;

}  // namespace

OpenLoop::OpenLoop(std::vector<double> rates, uint64_t step_ns, uint64_t begin_ns)
    : rates_(std::move(rates)), step_ns_(step_ns), begin_ns_(begin_ns) {}

/// Computed from the step's begin each time, so that rounding never adds up.
uint64_t OpenLoop::due_at(size_t step, uint64_t number) const {
  return begin_ns(step) + static_cast<uint64_t>(std::ceil(static_cast<double>(number) * ns_per_s / rates_[step]));
}

/// How many of a step that has begun are due by now.
uint64_t OpenLoop::due_by(uint64_t now_ns, size_t step) const {
  uint64_t elapsed_ns = std::min(now_ns - begin_ns(step), step_ns_ - 1);
  auto last = static_cast<uint64_t>(static_cast<double>(elapsed_ns) * rates_[step] / ns_per_s);
  // Rounding may have gone either way.
  if (due_at(step, last) > begin_ns(step) + elapsed_ns) return last;
  return due_at(step, last + 1) > begin_ns(step) + elapsed_ns ? last + 1 : last + 2;
}

std::optional<uint64_t> OpenLoop::next_ns() const {
  if (step_ == rates_.size()) return std::nullopt;
  return due_at(step_, taken_);
}

size_t OpenLoop::due(uint64_t now_ns, size_t) const {
  uint64_t due = 0;
  for (size_t step = step_; step < rates_.size() && begin_ns(step) <= now_ns; ++step) due += due_by(now_ns, step);
  return static_cast<size_t>(due > taken_ ? due - taken_ : 0);
}

Pace::Due OpenLoop::take() {
  Due due{due_at(step_, taken_++), step_};
  if (due_at(step_, taken_) < begin_ns(step_ + 1)) return due;
  ++step_;
  taken_ = 0;
  return due;
}

}  // namespace radhost
