// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

namespace radhost {

// What the control socket answers, for people to read. They throw nlohmann::json::exception where `answer` is not what
// this program's server says.

void print_status(const nlohmann::ordered_json& answer, std::ostream& out);
void print_clients(const nlohmann::ordered_json& answer, std::ostream& out);
void print_stats(const nlohmann::ordered_json& answer, std::ostream& out);

}  // namespace radhost
