// SPDX-License-Identifier: Apache-2.0
#include "config/toml_reader.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <tuple>

#include "base/file_trust.h"

namespace radhost {
namespace {

using File = std::shared_ptr<const std::string>;

Position position_of(const toml::source_region& source, const File& file) {
  return {file, source.begin.line, source.begin.column};
}

ConfigValue convert(const toml::node& node, const File& file) {
  ConfigValue converted;
  converted.position = position_of(node.source(), file);
  if (const toml::table* table = node.as_table()) {
    ConfigValue::Table members;
    for (auto&& [key, value] : *table) {
      members.emplace_back(std::string(key.str()), convert(value, file));
      members.back().second.key_position = position_of(key.source(), file);
    }
    // toml++ sorts by name; people wrote an order.
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      auto place = [](const ConfigValue::Member& member) {
        return std::tie(member.second.key_position.line, member.second.key_position.column);
      };
      return place(a) < place(b);
    });
    converted.value = std::move(members);
  } else if (const toml::array* array = node.as_array()) {
    ConfigValue::Array elements;
    for (const toml::node& element : *array) elements.push_back(convert(element, file));
    converted.value = std::move(elements);
  } else if (auto text = node.value_exact<std::string>()) {
    converted.value = *text;
  } else if (auto integer = node.value_exact<int64_t>()) {
    converted.value = *integer;
  } else if (auto real = node.value_exact<double>()) {
    converted.value = *real;
  } else if (auto boolean = node.value_exact<bool>()) {
    converted.value = *boolean;
  } else {
    // Dates and times have no use here; as text they meet the error of whoever reads them.
    std::ostringstream printed;
    node.visit([&](const auto& value) {
      if constexpr (toml::is_date<decltype(value)> || toml::is_time<decltype(value)> ||
                    toml::is_date_time<decltype(value)>)
        printed << value;
    });
    converted.value = printed.str();
  }
  return converted;
}

}  // namespace

std::optional<ConfigValue> read_toml(std::string_view text, const std::string& name, std::vector<ConfigError>& errors) {
  File file = std::make_shared<const std::string>(name);
  try {
    toml::table table = toml::parse(text, std::string_view(name));
    return convert(table, file);
  } catch (const toml::parse_error& error) {
    errors.push_back({position_of(error.source(), file), std::string(error.description())});
    return std::nullopt;
  }
}

std::optional<ConfigValue> read_toml_file(const std::string& path, std::vector<ConfigError>& errors) {
  Position whole{std::make_shared<const std::string>(path)};
  if (std::string why = why_unbelievable(path); !why.empty()) errors.push_back({whole, std::move(why)});
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream content;
  if (stream) content << stream.rdbuf();
  if (!stream || content.fail()) {
    errors.push_back({whole, "cannot be read"});
    return std::nullopt;
  }
  return read_toml(content.str(), path, errors);
}

}  // namespace radhost
