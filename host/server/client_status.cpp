// SPDX-License-Identifier: Apache-2.0
#include "server/client_status.h"

#include <map>
#include <nlohmann/json.hpp>

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

/// Of one client: by address, whether it sends Message-Authenticator.
using Sources = std::map<std::string, bool>;

Json sources_json(const Sources& sources) {
  Json json = Json::array();
  for (const auto& [address, sends_it] : sources)
    json.push_back({{"address", address}, {"sends_message_authenticator", sends_it}});
  return json;
}

std::string_view word(RequireMessageAuthenticator policy) {
  return require_message_authenticator_words[static_cast<size_t>(policy)];
}
std::string_view word(LimitProxyState policy) { return limit_proxy_state_words[static_cast<size_t>(policy)]; }

}  // namespace

Json clients_json(const Assembly& assembly, const SourcePolicy& policy) {
  std::map<size_t, Sources> sources;  // by the client's index
  policy.each_unprotected([&](size_t client, const IpAddress& source) { sources[client][source.to_text()] = false; });
  policy.protected_sources().each(
      [&](size_t client, const IpAddress& source) { sources[client][source.to_text()] = true; });

  Json clients = Json::array();
  for (const auto& client : assembly.clients()) {
    Json addresses = Json::array();
    for (const Prefix& prefix : assembly.config().clients[client->index].address) addresses.push_back(prefix.to_text());
    Json& json =
        clients.emplace_back(Json{{"name", client->name},
                                  {"address", std::move(addresses)},
                                  {"require_message_authenticator", word(client->require_message_authenticator)},
                                  {"limit_proxy_state", word(client->limit_proxy_state)}});
    if (SourcePolicy::is_watched(*client)) json["sources"] = sources_json(sources[client->index]);
  }
  return {{"clients", std::move(clients)}, {"is_complete", !policy.is_full()}};
}

}  // namespace radhost
