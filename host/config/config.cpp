// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include <algorithm>

namespace radhost {
namespace {

template <class Entry>
const Entry* by_name(const std::vector<Entry>& entries, std::string_view name) {
  for (const Entry& entry : entries)
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace

const ClientConfig* Config::client(std::string_view name) const { return by_name(clients, name); }
const PluginConfig* Config::plugin(std::string_view name) const { return by_name(plugins, name); }

bool ListenerConfig::serves(const std::string& client) const {
  return clients.empty() || std::find(clients.begin(), clients.end(), client) != clients.end();
}

}  // namespace radhost
