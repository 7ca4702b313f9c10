// SPDX-License-Identifier: Apache-2.0
#include "plugin/metric.h"

#include <limits>
#include <thread>

#include "base/utf8.h"
#include "catch.h"
#include "plugin/metric_labels.h"
#include "plugin/metric_names.h"

using namespace radhost;

namespace {

MetricDescription described(MetricKind kind, std::vector<double> bounds = {}) {
  return {kind, "name", "Help.", {}, std::move(bounds)};
}

}  // namespace

TEST_CASE("all that threads count at once is counted") {
  Metric counter(described(MetricKind::Counter));
  Metric histogram(described(MetricKind::Histogram, {1, 2}));
  std::vector<std::thread> threads;
  for (int number = 0; number < 12; ++number)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        counter.add(2);
        histogram.observe(i % 4);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(counter.value() == 24000);
  CHECK(histogram.observed().counts == std::vector<uint64_t>{6000, 3000, 3000});
  CHECK(histogram.observed().sum == 18000);
}

TEST_CASE("a bound belongs to its bucket, and what is no number to none") {
  Metric histogram(described(MetricKind::Histogram, {1, 2.5}));
  for (double value : {-1.0, 1.0, 1.1, 2.5, 2.6, std::numeric_limits<double>::quiet_NaN()}) histogram.observe(value);
  CHECK(histogram.observed().counts == std::vector<uint64_t>{2, 2, 1});
}

TEST_CASE("a metric of another kind does not change") {
  Metric counter(described(MetricKind::Counter)), gauge(described(MetricKind::Gauge));
  counter.set(7);
  counter.observe(7);
  CHECK(counter.value() == 0);
  gauge.add(7);
  CHECK(gauge.value() == 0);
  gauge.set(-1.5);
  gauge.set(2.5);
  CHECK(gauge.value() == 2.5);
}

TEST_CASE("labels are read in the order of their names") {
  std::vector<std::pair<std::string, std::string>> labels;
  CHECK(parse_labels("", labels).empty());
  CHECK(labels.empty());
  CHECK(parse_labels("b=\"2\",a=\"\\\"\\\\\\n,=\",_c9=\"\"", labels).empty());
  CHECK(labels == std::vector<std::pair<std::string, std::string>>{{"_c9", ""}, {"a", "\"\\\n,="}, {"b", "2"}});
}

TEST_CASE("labels that are wrong are told") {
  for (const char* wrong :
       {"a", "a=", "a=b", "a=\"b", "a=\"b\"c", "a=\"b\",", ",a=\"b\"", "a=\"\\x\"", "a=\"\\", "9=\"b\"", "a b=\"c\"",
        "a=\"b\",a=\"c\"", "plugin=\"x\"", "le=\"1\"", "__x=\"1\"", "a=\"\xc0\x80\""}) {
    INFO(wrong);
    std::vector<std::pair<std::string, std::string>> labels;
    CHECK_FALSE(parse_labels(wrong, labels).empty());
  }
}

TEST_CASE("plain text is UTF-8 without control characters") {
  for (const char* text : {"", "Requests.", "µs", "\xf0\x9f\x99\x82", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(is_plain_text(text));
  for (const char* text : {"a\nb", "\x7f", "\xff", "\xc3", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                           "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80"})
    CHECK_FALSE(is_plain_text(text));
}

TEST_CASE("one name means one thing in all plugins, as long as somebody has it") {
  MetricNames names;
  MetricDescription counter = described(MetricKind::Counter), gauge = described(MetricKind::Gauge);
  CHECK(names.claim("a", counter).empty());
  CHECK(names.claim("b", counter).empty());
  CHECK(names.claim("c", gauge) == "it is a metric of another kind in plugin \"a\"");
  names.release("a", counter);
  CHECK(names.claim("c", gauge) == "it is a metric of another kind in plugin \"b\"");
  names.release("b", counter);
  CHECK(names.claim("c", gauge).empty());
  CHECK_FALSE(names.claim("a", counter).empty());
  // An instance that takes another's place may say something else.
  CHECK(names.claim("c", counter).empty());
}

TEST_CASE("histograms of one name have the same bounds") {
  MetricNames names;
  CHECK(names.claim("a", described(MetricKind::Histogram, {1, 2})).empty());
  CHECK(names.claim("b", described(MetricKind::Histogram, {1, 2})).empty());
  CHECK(names.claim("c", described(MetricKind::Histogram, {1, 3})) == "it has other bounds in plugin \"a\"");
}
