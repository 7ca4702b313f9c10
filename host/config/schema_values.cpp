// SPDX-License-Identifier: Apache-2.0
#include "config/schema_field.h"

namespace radhost {

namespace {

/// Of two values of one type that hold no others.
bool same_scalar(const ConfigValue& one, const ConfigValue& other) {
  return std::visit(
      [&](const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, ConfigValue::Table> || std::is_same_v<Value, ConfigValue::Array>)
          return false;
        else return value == std::get<Value>(other.value);
      },
      one.value);
}

}  // namespace

void fail(const ConfigValue& value, std::string message, Errors& errors) {
  errors.push_back({value.position, std::move(message)});
}

void expected(const ConfigValue& value, std::string_view what, Errors& errors) {
  fail(value, std::string(what) + " is expected here, not " + std::string(value.type_name()), errors);
}

std::string listing(std::span<const std::string_view> words) {
  std::string text;
  for (std::string_view word : words) text += (text.empty() ? "\"" : ", \"") + std::string(word) + "\"";
  return text;
}

void read_value(const ConfigValue& value, bool& into, Errors& errors) {
  if (const bool* boolean = std::get_if<bool>(&value.value)) into = *boolean;
  else expected(value, "true or false", errors);
}
std::string print_value(bool value) { return value ? "true" : "false"; }

void read_value(const ConfigValue& value, uint32_t& into, Errors& errors) {
  const int64_t* number = std::get_if<int64_t>(&value.value);
  if (number == nullptr) return expected(value, "an integer", errors);
  if (*number < 0 || *number > UINT32_MAX)
    return fail(value, std::to_string(*number) + " does not lie between 0 and 4294967295", errors);
  into = static_cast<uint32_t>(*number);
}
std::string print_value(uint32_t value) { return std::to_string(value); }

void read_value(const ConfigValue& value, std::string& into, Errors& errors) {
  if (const std::string* text = std::get_if<std::string>(&value.value)) into = *text;
  else expected(value, "text", errors);
}
std::string print_value(const std::string& value) { return toml_quote(value); }

void read_value(const ConfigValue& value, SecretText& into, Errors& errors) {
  const std::string* text = std::get_if<std::string>(&value.value);
  if (text == nullptr) return expected(value, "text", errors);
  if (text->empty()) return fail(value, "a secret must not be empty", errors);
  into = SecretText(*text);
}
std::string print_value(const SecretText& value) { return value.empty() ? std::string() : toml_quote("<hidden>"); }

/// An element, or an array of them.
template <class Element>
void read_list(const ConfigValue& value, std::vector<Element>& into, Errors& errors,
               void (*read)(const ConfigValue&, Element&, Errors&)) {
  std::vector<Element> elements;
  size_t errors_before = errors.size();
  const ConfigValue::Array* array = value.array();
  size_t count = array == nullptr ? 1 : array->size();
  for (size_t i = 0; i < count; ++i) {
    Element element{};
    read(array == nullptr ? value : (*array)[i], element, errors);
    elements.push_back(std::move(element));
  }
  if (errors.size() == errors_before) into = std::move(elements);
}

void read_value(const ConfigValue& value, std::vector<std::string>& into, Errors& errors) {
  read_list<std::string>(value, into, errors, read_value);
}
std::string print_value(const std::vector<std::string>& value) { return toml_inline(value); }

void read_value(const ConfigValue& value, Prefix& into, Errors& errors) {
  std::string text;
  size_t errors_before = errors.size();
  read_value(value, text, errors);
  if (errors.size() != errors_before) return;
  auto prefix = Prefix::parse(text);
  if (!prefix) return fail(value, "\"" + text + "\" is not an address or prefix, such as \"192.0.2.0/24\"", errors);
  into = prefix->unmapped();
}
void read_value(const ConfigValue& value, std::vector<Prefix>& into, Errors& errors) {
  read_list<Prefix>(value, into, errors, read_value);
}
std::string print_value(const std::vector<Prefix>& value) {
  std::vector<std::string> texts;
  for (const Prefix& prefix : value) texts.push_back(prefix.to_text());
  return toml_inline(texts);
}

void read_value(const ConfigValue& value, SocketAddress& into, Errors& errors) {
  std::string text;
  size_t errors_before = errors.size();
  read_value(value, text, errors);
  if (errors.size() != errors_before) return;
  auto address = SocketAddress::parse(text);
  if (!address)
    return fail(value, "\"" + text + "\" is not an address with a port, such as \"192.0.2.1:1812\" or \"[::]:1812\"",
                errors);
  into = *address;
}
void read_value(const ConfigValue& value, std::vector<SocketAddress>& into, Errors& errors) {
  read_list<SocketAddress>(value, into, errors, read_value);
}
std::string print_value(const std::vector<SocketAddress>& value) {
  std::vector<std::string> texts;
  for (const SocketAddress& address : value) texts.push_back(address.to_text());
  return toml_inline(texts);
}

/// An address, or empty text for none.
void read_value(const ConfigValue& value, std::optional<SocketAddress>& into, Errors& errors) {
  const std::string* text = std::get_if<std::string>(&value.value);
  if (text != nullptr && text->empty()) return into.reset();
  size_t errors_before = errors.size();
  SocketAddress address;
  read_value(value, address, errors);
  if (errors.size() == errors_before) into = address;
}
std::string print_value(const std::optional<SocketAddress>& value) {
  return value ? toml_quote(value->to_text()) : std::string();
}

void read_value(const ConfigValue& value, std::optional<IpAddress>& into, Errors& errors) {
  std::string text;
  size_t errors_before = errors.size();
  read_value(value, text, errors);
  if (errors.size() != errors_before) return;
  into = IpAddress::parse(text);
  if (!into) fail(value, "\"" + text + "\" is not an address, such as \"192.0.2.1\"", errors);
}
std::string print_value(const std::optional<IpAddress>& value) {
  return value ? toml_quote(value->to_text()) : std::string();
}

void read_value(const ConfigValue& value, std::vector<RequestKind>& into, Errors& errors) {
  read_list<RequestKind>(value, into, errors, read_value);
}
std::string print_value(const std::vector<RequestKind>& value) {
  std::vector<std::string> texts;
  for (RequestKind kind : value) texts.emplace_back(kind_word(kind));
  return toml_inline(texts);
}

/// One chain for all kinds, or a table of them by kind.
void read_value(const ConfigValue& value, HandlerNames& into, Errors& errors) {
  const ConfigValue::Table* table = value.table();
  if (table == nullptr) {
    std::vector<std::string> names;
    read_value(value, names, errors);
    into.fill(names);
    return;
  }
  auto words = words_of<RequestKind>();
  for (const ConfigValue::Member& member : *table) {
    auto kind = kind_by_word(member.first);
    if (kind) read_value(member.second, into[static_cast<size_t>(*kind)], errors);
    else report_unknown_key(member, {words.begin(), words.end()}, errors);
  }
}
std::string print_value(const HandlerNames& value) {
  std::string text;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i].empty()) continue;
    text += (text.empty() ? " " : ", ") + std::string(kind_word(static_cast<RequestKind>(i))) + " = " +
            toml_inline(value[i]);
  }
  return "{" + text + " }";
}

void differ_value(const SecretText& before, const SecretText& after, const std::string& key,
                  Differences& differences) {
  if (!(before == after)) differences.push_back(key);
}

/// A pool's servers: an array of tables.
void read_value(const ConfigValue& value, std::vector<PoolServerConfig>& into, Errors& errors) {
  const ConfigValue::Array* array = value.array();
  if (array == nullptr) return expected(value, "an array of tables", errors);
  for (const ConfigValue& element : *array) {
    PoolServerConfig& server = into.emplace_back();
    server.position = element.position;
    read_table(element, pool_server_fields(), server, errors);
  }
}
std::string print_value(const std::vector<PoolServerConfig>& value) {
  std::string text;
  for (const PoolServerConfig& server : value)
    text += (text.empty() ? "" : ", ") + print_inline_table(server, pool_server_fields());
  return "[" + text + "]";
}
std::string print_value(const SocketAddress& value) { return toml_quote(value.to_text()); }

void differ_value(const std::vector<PoolServerConfig>& before, const std::vector<PoolServerConfig>& after,
                  const std::string& key, Differences& differences) {
  if (before.size() != after.size())
    return differences.push_back(key + ": " + std::to_string(before.size()) + " -> " + std::to_string(after.size()));
  for (size_t i = 0; i < before.size(); ++i)
    compare_tables(before[i], after[i], pool_server_fields(), key + "[" + std::to_string(i) + "].", differences);
}

/// The plugin's own table is kept as it is: the plugin reads it.
void read_value(const ConfigValue& value, ConfigValue& into, Errors& errors) {
  if (expect_table(value, errors) != nullptr) into = value;
}
std::string print_value(const ConfigValue& value) {
  return value.table() == nullptr || value.table()->empty() ? std::string() : toml_inline(value);
}


/// Values may be anything, secrets too: only keys are named.
void differ_value(const ConfigValue& before, const ConfigValue& after, const std::string& key,
                  Differences& differences) {
  const ConfigValue::Table *was_table = before.table(), *is_table = after.table();
  const ConfigValue::Array *was_array = before.array(), *is_array = after.array();
  if (was_table != nullptr && is_table != nullptr) {
    for (auto& [name, value] : *was_table) {
      const ConfigValue* other = after.find(name);
      if (other == nullptr) differences.push_back(key + "." + toml_key(name));
      else differ_value(value, *other, key + "." + toml_key(name), differences);
    }
    for (auto& [name, value] : *is_table)
      if (before.find(name) == nullptr) differences.push_back(key + "." + toml_key(name));
  } else if (was_array != nullptr && is_array != nullptr && was_array->size() == is_array->size()) {
    for (size_t i = 0; i < was_array->size(); ++i)
      differ_value((*was_array)[i], (*is_array)[i], key + "[" + std::to_string(i) + "]", differences);
  } else if (before.value.index() != after.value.index() || was_array != nullptr || !same_scalar(before, after)) {
    differences.push_back(key);
  }
}

}  // namespace radhost
