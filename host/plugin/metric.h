// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace radhost {

enum class MetricKind : uint8_t {
  Counter,
  Gauge,
  Histogram
};

/// What a module says of a metric when it declares it.
struct MetricDescription {
  MetricKind kind = MetricKind::Counter;
  std::string name;  ///< without prefix, and a counter's without `_total`
  std::string help;
  std::vector<std::pair<std::string, std::string>> labels;  ///< by name
  std::vector<double> bounds;                               ///< a histogram's, each greater than the one before
};

/// A metric that any thread changes at any time, without a lock. Counters and histograms are kept several times, on
/// cache lines of their own, so that workers that count at once seldom meet.
class Metric {
 public:
  explicit Metric(MetricDescription description);
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;

  const MetricDescription& description() const { return description_; }

  // Each does nothing to a metric of another kind.
  void add(uint64_t amount);
  void set(double value);
  void observe(double value);

  /// A counter's or gauge's.
  double value() const;

  /// How many a histogram's buckets hold, one more than bounds, and their sum; each alone, not those below it too.
  struct Observed {
    std::vector<uint64_t> counts;
    double sum = 0;
  };
  Observed observed() const;

 private:
  static constexpr size_t copy_count = 8;
  static constexpr size_t cells_a_line = 8;
  struct alignas(64) Line {
    std::array<std::atomic<uint64_t>, cells_a_line> cells{};
  };
  std::atomic<uint64_t>& cell(size_t copy, size_t number) {
    return lines_[copy * lines_a_copy_ + number / cells_a_line].cells[number % cells_a_line];
  }
  uint64_t read(size_t copy, size_t number) const {
    return lines_[copy * lines_a_copy_ + number / cells_a_line].cells[number % cells_a_line].load(
        std::memory_order_relaxed);
  }

  MetricDescription description_;
  size_t lines_a_copy_;
  std::vector<Line> lines_;
};

}  // namespace radhost
