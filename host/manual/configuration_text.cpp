// SPDX-License-Identifier: Apache-2.0
#include "manual/configuration_text.h"

#include "config/schema.h"

namespace radhost {
namespace {

template <class Struct>
void add_keys(TableText& table, std::span<const Field<Struct>> fields) {
  const Struct usual;
  for (const Field<Struct>& field : fields)
    table.keys.push_back({std::string(field.key), field.kind(), field.print(usual), std::string(field.documentation)});
}

template <class... Structs>
TableText table(std::string heading, std::span<const Field<Structs>>... fields) {
  TableText made{std::move(heading), {}};
  (add_keys(made, fields), ...);
  return made;
}

}  // namespace

const std::vector<TableText>& configuration_tables() {
  static const std::vector<TableText> tables{
      table("[server]", server_fields()),
      table("[log]", log_fields()),
      table("[[client]]", client_fields()),
      table("[[client]] certificate", client_certificate_fields()),
      table("psk", psk_fields()),
      table("[plugin.NAME]", plugin_fields()),
      table("[chain.NAME]", chain_fields()),
      table("[pool.NAME]", pool_fields()),
      table("[pool.NAME] servers", pool_server_fields()),
      table("[[listener]]", listener_fields()),
      table("[listener.duplicates]", duplicates_fields()),
      table("[listener.tcp]", stream_fields()),
      table("[listener.tls]", tls_fields(), stream_fields()),
      table("[store]", store_fields()),
      table("[metrics]", metrics_fields()),
  };
  return tables;
}

const TableText* find_table(std::string_view heading) {
  for (const TableText& each : configuration_tables())
    if (each.heading == heading) return &each;
  return nullptr;
}

}  // namespace radhost
