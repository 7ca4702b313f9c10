// SPDX-License-Identifier: Apache-2.0
#include "cli/load_report.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/exit_status.h"

namespace radhost {
namespace {

struct Percentile {
  const char* key;
  const char* name;
  double share;
};
constexpr Percentile percentiles[] = {
    {"p50_us", "p50", 0.5}, {"p90_us", "p90", 0.9}, {"p99_us", "p99", 0.99}, {"p999_us", "p99.9", 0.999}};

double to_us(uint64_t ns) { return static_cast<double>(ns) / 1000; }

std::string fixed(double number, int digits) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

void put_latency(const LatencyHistogram& latency, nlohmann::ordered_json& json) {
  bool any = latency.count() > 0;
  for (const Percentile& percentile : percentiles) {
    if (any) json[percentile.key] = to_us(latency.percentile_ns(percentile.share));
    else json[percentile.key] = nullptr;
  }
  if (any) json["max_us"] = to_us(latency.max_ns());
  else json["max_us"] = nullptr;
}

nlohmann::ordered_json json_of(const LoadTally& tally) {
  nlohmann::ordered_json json{{"sent", tally.sent},
                              {"answered", tally.answered},
                              {"lost", tally.lost},
                              {"wrong", tally.all_wrong()},
                              {"late", tally.late},
                              {"unsent", tally.unsent},
                              {"duration_s", tally.duration_s()},
                              {"rate", tally.rate()}};
  put_latency(tally.latency, json);
  json["codes"] = nlohmann::ordered_json::object();
  for (size_t code = 0; code < tally.codes.size(); ++code)
    if (tally.codes[code] > 0) json["codes"][std::string(code_name(static_cast<Code>(code)))] = tally.codes[code];
  json["wrong_reasons"] = nlohmann::ordered_json::object();
  for (size_t reason = 0; reason < wrong_answer_count; ++reason)
    if (tally.wrong[reason] > 0)
      json["wrong_reasons"][std::string(to_word(static_cast<WrongAnswer>(reason)))] = tally.wrong[reason];
  return json;
}

std::string counts_text(const LoadTally& tally) {
  std::string text = "sent " + std::to_string(tally.sent) + ", answered " + std::to_string(tally.answered) + ", lost " +
                     std::to_string(tally.lost) + ", wrong " + std::to_string(tally.all_wrong());
  if (tally.late > 0) text += ", late " + std::to_string(tally.late);
  if (tally.unsent > 0) text += ", never sent " + std::to_string(tally.unsent);
  return text;
}

std::string latency_text(const LatencyHistogram& latency) {
  if (latency.count() == 0) return "no latency";
  std::string text;
  for (const Percentile& percentile : percentiles)
    text += std::string(percentile.name) + " " + fixed(to_us(latency.percentile_ns(percentile.share)) / 1000, 3) + ", ";
  return text + "max " + fixed(to_us(latency.max_ns()) / 1000, 3) + " ms";
}

std::string speed_text(const LoadTally& tally) {
  return fixed(tally.rate(), 0) + " answers/s in " + fixed(tally.duration_s(), 3) + " s";
}

}  // namespace

double LoadReport::cpu_us_per_request() const {
  return total.answered > 0 ? static_cast<double>(cpu_us) / static_cast<double>(total.answered) : 0;
}

int LoadReport::exit_status() const {
  if (total.all_wrong() > 0) return exit_status::negative;
  if (total.lost > 0 || total.unsent > 0 || total.answered == 0) return exit_status::no_answer;
  return exit_status::done;
}

int HandshakeReport::exit_status() const {
  return failed > 0 || done == 0 ? exit_status::no_answer : exit_status::done;
}

std::string report_text(const LoadReport& report) {
  std::string text;
  for (size_t i = 0; report.steps.size() > 1 && i < report.steps.size(); ++i) {
    const LoadTally& step = report.steps[i];
    text += fixed(report.rates[i], 0) + "/s: " + counts_text(step) + "; " + speed_text(step) + "; " +
            latency_text(step.latency) + "\n";
  }
  const LoadTally& total = report.total;
  text += counts_text(total) + "\n" + speed_text(total) + ", " + fixed(report.cpu_us_per_request(), 1) +
          " us of this program's CPU time each\n" + "latency " + latency_text(total.latency) + "\n";
  if (report.connections > 0)
    text += "connections " + std::to_string(report.connections) + ", opened again " +
            std::to_string(report.reconnects) + "\n";
  for (size_t code = 0; code < total.codes.size(); ++code)
    if (total.codes[code] > 0)
      text += std::string(code_name(static_cast<Code>(code))) + " " + std::to_string(total.codes[code]) + "\n";
  for (size_t reason = 0; reason < wrong_answer_count; ++reason)
    if (total.wrong[reason] > 0)
      text += "wrong: " + std::string(to_word(static_cast<WrongAnswer>(reason))) + " " +
              std::to_string(total.wrong[reason]) + "\n";
  return text;
}

std::string report_text(const HandshakeReport& report) {
  std::string text = "handshakes " + std::to_string(report.done) + ", failed " + std::to_string(report.failed) + "\n" +
                     fixed(report.rate(), 0) + " handshakes/s in " + fixed(report.duration_s(), 3) + " s\n" +
                     "latency " + latency_text(report.latency) + "\n";
  if (report.failed > 0) text += "failed: " + report.why + "\n";
  return text;
}

std::string report_json(const LoadReport& report) {
  nlohmann::ordered_json json = json_of(report.total);
  json["cpu_us_per_request"] = nullptr;
  if (report.total.answered > 0) json["cpu_us_per_request"] = report.cpu_us_per_request();
  if (report.connections > 0) {
    json["connections"] = report.connections;
    json["reconnects"] = report.reconnects;
  }
  json["steps"] = nlohmann::ordered_json::array();
  for (size_t i = 0; i < report.steps.size(); ++i) {
    nlohmann::ordered_json step = json_of(report.steps[i]);
    if (!report.rates.empty()) step["rate_asked"] = report.rates[i];
    json["steps"].push_back(std::move(step));
  }
  return json.dump() + "\n";
}

std::string report_json(const HandshakeReport& report) {
  nlohmann::ordered_json json{{"handshakes", report.done},
                              {"failed", report.failed},
                              {"duration_s", report.duration_s()},
                              {"rate", report.rate()}};
  put_latency(report.latency, json);
  json["cpu_us_per_handshake"] = nullptr;
  if (report.done > 0)
    json["cpu_us_per_handshake"] = static_cast<double>(report.cpu_us) / static_cast<double>(report.done);
  if (report.failed > 0) json["why"] = report.why;
  return json.dump() + "\n";
}

}  // namespace radhost
