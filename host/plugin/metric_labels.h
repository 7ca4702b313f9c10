// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace radhost {

/// Labels as Prometheus writes them, `key="value",…`, with \\, \" and \n in values. Empty when all is right, else what
/// is wrong; the labels are in the order of their names.
std::string parse_labels(std::string_view text, std::vector<std::pair<std::string, std::string>>& labels);

}  // namespace radhost
