// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace radhost {

/// What `GET /v1/trace` tells, for people to read: each request gets a number, which begins each of its lines, because
/// several may be under way. Of what handlers write, what is new is shown with +, what is gone with -.
class TraceText {
 public:
  TraceText(std::ostream& out, bool has_colours) : out_(out), has_colours_(has_colours) {}

  /// Throws nlohmann::json::exception where an event is not what this program's server says.
  void print(const nlohmann::ordered_json& event);

 private:
  using Pairs = std::vector<std::string>;
  struct Followed {
    uint64_t number;
    Pairs reply, control;
  };
  void print_handler(Followed& followed, const std::string& mark, const nlohmann::ordered_json& event);
  void print_changes(const std::string& begin, Pairs& before, const nlohmann::ordered_json& now);
  void print_attributes(const std::string& mark, const nlohmann::ordered_json& event);
  std::string in(const char* colour, const std::string& text) const;

  std::ostream& out_;
  bool has_colours_;
  std::map<uint64_t, Followed> followed_;  // by the server's numbers
  uint64_t last_number_ = 0;
  uint64_t lost_ = 0;
};

}  // namespace radhost
