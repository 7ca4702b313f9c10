// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration_histogram.h"

namespace radhost {

/// Metrics in the text format of Prometheus: one family after another, each with its samples. One thread.
class Exposition {
 public:
  enum class Type {
    Counter,
    Gauge,
    Histogram
  };
  struct Label {
    std::string_view name;
    std::string_view value;
  };
  using Labels = std::vector<Label>;

  Exposition();
  Exposition(const Exposition&) = delete;
  Exposition& operator=(const Exposition&) = delete;
  ~Exposition();

  /// Begins a family: the samples that follow belong to it. One without samples is left out.
  void begin(std::string_view name, Type type, std::string_view help);

  /// A sample of a counter or gauge.
  void add(const Labels& labels, double value);
  /// A sample of a histogram, in seconds.
  void add(const Labels& labels, const DurationTotals& totals);

  /// What a histogram counted: in each bucket alone, one more than bounds, and together.
  struct Buckets {
    std::span<const double> bounds;
    std::span<const uint64_t> counts;
    double sum;
  };
  void add(const Labels& labels, const Buckets& buckets);

  std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace radhost
