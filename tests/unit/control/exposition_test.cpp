// SPDX-License-Identifier: Apache-2.0
#include "control/exposition.h"

#include "catch.h"

using namespace radhost;

TEST_CASE("a family has its help, its type and its samples") {
  Exposition metrics;
  metrics.begin("requests_total", Exposition::Type::Counter, "Requests received.");
  metrics.add({{"listener", "auth"}, {"kind", "access"}}, 7);
  metrics.add({{"listener", "auth"}, {"kind", "coa"}}, 0);
  metrics.begin("in_flight", Exposition::Type::Gauge, "Requests under way.");
  metrics.add({}, 3);
  CHECK(metrics.text() ==
        "# HELP requests_total Requests received.\n"
        "# TYPE requests_total counter\n"
        "requests_total{listener=\"auth\",kind=\"access\"} 7\n"
        "requests_total{listener=\"auth\",kind=\"coa\"} 0\n"
        "# HELP in_flight Requests under way.\n"
        "# TYPE in_flight gauge\n"
        "in_flight 3\n");
}

TEST_CASE("a family without samples is left out") {
  Exposition metrics;
  metrics.begin("requests_total", Exposition::Type::Counter, "Requests received.");
  CHECK(metrics.text().empty());
}

TEST_CASE("text that could end a label is escaped") {
  Exposition metrics;
  metrics.begin("info", Exposition::Type::Gauge, "About.");
  metrics.add({{"version", "1\"\\\n"}}, 1);
  CHECK(metrics.text().find("info{version=\"1\\\"\\\\\\n\"} 1\n") != std::string::npos);
}

TEST_CASE("large counts keep all their digits") {
  Exposition metrics;
  metrics.begin("requests_total", Exposition::Type::Counter, "Requests received.");
  metrics.add({}, 9007199254740991);
  CHECK(metrics.text().ends_with("requests_total 9007199254740991\n"));
}

TEST_CASE("a histogram's buckets count what lies below them too, and its times are seconds") {
  DurationHistogram histogram;
  histogram.add(40'000);
  histogram.add(60'000);
  histogram.add(20'000'000'000);
  DurationTotals totals;
  histogram.add_to(totals);
  Exposition metrics;
  metrics.begin("handling_seconds", Exposition::Type::Histogram, "Time taken.");
  metrics.add({{"listener", "auth"}}, totals);
  std::string text = metrics.text();
  for (const char* line : {"# TYPE handling_seconds histogram\n", "handling_seconds_count{listener=\"auth\"} 3\n",
                           "handling_seconds_bucket{listener=\"auth\",le=\"5e-05\"} 1\n",
                           "handling_seconds_bucket{listener=\"auth\",le=\"0.0001\"} 2\n",
                           "handling_seconds_bucket{listener=\"auth\",le=\"10\"} 2\n",
                           "handling_seconds_bucket{listener=\"auth\",le=\"+Inf\"} 3\n",
                           "handling_seconds_sum{listener=\"auth\"} 20.0001"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
}
