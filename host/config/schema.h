// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "config/config.h"

namespace radhost {

/// What two versions of a table differ in: a line for each key, such as `max_in_flight: 4096 -> 8192`; the key alone
/// where its values are not to be shown.
using Differences = std::vector<std::string>;

/// One key of a configuration table: how it is read, printed and compared, and what the manual says of it. The loader,
/// `radhost config`, `radhost reload` and the manual's reference are all made from these rows.
template <class Struct>
struct Field {
  std::string_view key;
  std::string_view documentation;
  std::string (*kind)();  ///< of value, for the manual: `integer`, or the words that there are
  void (*read)(const ConfigValue& value, Struct& into, std::vector<ConfigError>& errors);
  std::string (*print)(const Struct& from);  ///< a TOML value; empty leaves the key out
  void (*differ)(const Struct& before, const Struct& after, const std::string& key, Differences& differences);
};

std::span<const Field<ServerConfig>> server_fields();
std::span<const Field<LogConfig>> log_fields();
std::span<const Field<ClientConfig>> client_fields();
std::span<const Field<ClientCertificateConfig>> client_certificate_fields();
std::span<const Field<ClientPskConfig>> psk_fields();
std::span<const Field<PluginConfig>> plugin_fields();
std::span<const Field<ChainConfig>> chain_fields();
std::span<const Field<ListenerConfig>> listener_fields();
std::span<const Field<DuplicatesConfig>> duplicates_fields();
std::span<const Field<StreamConfig>> stream_fields();
std::span<const Field<TlsConfig>> tls_fields();
std::span<const Field<PoolConfig>> pool_fields();
std::span<const Field<PoolServerConfig>> pool_server_fields();
std::span<const Field<StoreConfig>> store_fields();
std::span<const Field<MetricsConfig>> metrics_fields();

/// Says what is not a table, and which keys are not known; `known` are those that are.
const ConfigValue::Table* expect_table(const ConfigValue& value, std::vector<ConfigError>& errors);
void report_unknown_key(const ConfigValue::Member& member, const std::vector<std::string_view>& known,
                        std::vector<ConfigError>& errors);

/// Reads a member by its row. False when there is none for it.
template <class Struct>
bool read_member(const ConfigValue::Member& member, std::span<const Field<Struct>> fields, Struct& into,
                 std::vector<ConfigError>& errors) {
  for (const Field<Struct>& field : fields) {
    if (field.key != member.first) continue;
    field.read(member.second, into, errors);
    return true;
  }
  return false;
}

/// Reads a table by its rows. Every mistake is added to `errors`; what is wrong keeps its default.
template <class Struct>
void read_table(const ConfigValue& value, std::span<const Field<Struct>> fields, Struct& into,
                std::vector<ConfigError>& errors) {
  const ConfigValue::Table* table = expect_table(value, errors);
  if (table == nullptr) return;
  std::vector<std::string_view> known;
  for (const Field<Struct>& field : fields) known.push_back(field.key);
  for (const ConfigValue::Member& member : *table)
    if (!read_member(member, fields, into, errors)) report_unknown_key(member, known, errors);
}

/// The same of a table whose keys belong to two structs.
template <class One, class Other>
void read_tables(const ConfigValue& value, std::span<const Field<One>> fields, One& into,
                 std::span<const Field<Other>> other_fields, Other& other, std::vector<ConfigError>& errors) {
  const ConfigValue::Table* table = expect_table(value, errors);
  if (table == nullptr) return;
  std::vector<std::string_view> known;
  for (const Field<One>& field : fields) known.push_back(field.key);
  for (const Field<Other>& field : other_fields) known.push_back(field.key);
  for (const ConfigValue::Member& member : *table)
    if (!read_member(member, fields, into, errors) && !read_member(member, other_fields, other, errors))
      report_unknown_key(member, known, errors);
}

/// `key = value` lines of a table.
template <class Struct>
std::string print_table(const Struct& from, std::span<const Field<Struct>> fields) {
  std::string lines;
  for (const Field<Struct>& field : fields) {
    std::string value = field.print(from);
    if (!value.empty()) lines.append(field.key).append(" = ").append(value).append("\n");
  }
  return lines;
}

/// The same as `{ key = value, … }`.
template <class Struct>
std::string print_inline_table(const Struct& from, std::span<const Field<Struct>> fields) {
  std::string members;
  for (const Field<Struct>& field : fields) {
    std::string value = field.print(from);
    if (!value.empty()) members.append(members.empty() ? "" : ", ").append(field.key).append(" = ").append(value);
  }
  return "{ " + members + " }";
}

/// Adds what is different; `prefix` stands before each key.
template <class Struct>
void compare_tables(const Struct& before, const Struct& after, std::span<const Field<Struct>> fields,
                    const std::string& prefix, Differences& differences) {
  for (const Field<Struct>& field : fields)
    field.differ(before, after, prefix + std::string(field.key), differences);
}

}  // namespace radhost
