// SPDX-License-Identifier: Apache-2.0
#include "plugin/metric_labels.h"

#include <algorithm>

#include "base/utf8.h"

namespace radhost {
namespace {

constexpr size_t labels_max = 16;
constexpr std::string_view label_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

bool is_label_name(std::string_view name) {
  bool begins_well = !name.empty() && (name.front() < '0' || name.front() > '9');
  return begins_well && name.find_first_not_of(label_characters) == std::string_view::npos;
}

/// Takes a quoted value off the front of `text`.
bool take_value(std::string_view& text, std::string& value) {
  if (text.empty() || text.front() != '"') return false;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    if (++i == text.size()) return false;
    bool is_escape = text[i] == '\\' || text[i] == '"' || text[i] == 'n';
    if (!is_escape) return false;
    value += text[i] == 'n' ? '\n' : text[i];
  }
  return false;
}

}  // namespace

std::string parse_labels(std::string_view text, std::vector<std::pair<std::string, std::string>>& labels) {
  while (!text.empty()) {
    size_t equals = text.find('=');
    std::string name(text.substr(0, equals));
    if (equals == std::string_view::npos || !is_label_name(name)) return "labels are written key=\"value\",…";
    text.remove_prefix(equals + 1);
    std::string value;
    if (!take_value(text, value)) return "the value of label \"" + name + "\" is not quoted as it should be";
    if (!is_utf8(value)) return "the value of label \"" + name + "\" is no UTF-8";
    bool is_reserved = name == "plugin" || name == "le" || name == "quantile" || name.rfind("__", 0) == 0;
    if (is_reserved) return "label \"" + name + "\" is reserved";
    bool is_twice = std::any_of(labels.begin(), labels.end(), [&](const auto& label) { return label.first == name; });
    if (is_twice) return "label \"" + name + "\" is there twice";
    if (labels.size() == labels_max) return "there are more than " + std::to_string(labels_max) + " labels";
    labels.emplace_back(std::move(name), std::move(value));
    if (text.empty()) break;
    if (text.front() != ',' || text.size() == 1) return "labels are written key=\"value\",…";
    text.remove_prefix(1);
  }
  std::sort(labels.begin(), labels.end());
  return {};
}

}  // namespace radhost
