// SPDX-License-Identifier: Apache-2.0
#include "server/client_status.h"

#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

using Sends = SourcePolicy::Sends;

/// In the order of addresses, IPv4 first.
bool stands_before(const IpAddress& one, const IpAddress& other) {
  return std::tie(one.family, one.octets) < std::tie(other.family, other.octets);
}
/// Of one client.
using Sources = std::map<IpAddress, Sends, decltype(&stands_before)>;

std::string_view word(Sends sends) {
  switch (sends) {
    case Sends::Always: return "always";
    case Sends::Sometimes: return "sometimes";
    case Sends::Never: break;
  }
  return "never";
}

Json sources_json(const Sources& sources) {
  Json json = Json::array();
  for (const auto& [address, sends] : sources)
    json.push_back({{"address", address.to_text()}, {"sends_message_authenticator", word(sends)}});
  return json;
}

std::string_view word(RequireMessageAuthenticator policy) {
  return require_message_authenticator_words[static_cast<size_t>(policy)];
}
std::string_view word(LimitProxyState policy) { return limit_proxy_state_words[static_cast<size_t>(policy)]; }

}  // namespace

Json clients_json(const Assembly& assembly, const SourcePolicy& policy) {
  std::map<size_t, Sources> by_client;
  auto sources_of = [&](size_t client) -> Sources& {
    return by_client.try_emplace(client, stands_before).first->second;
  };
  policy.each_source([&](size_t client, const IpAddress& source, Sends sends) { sources_of(client)[source] = sends; });

  Json clients = Json::array();
  for (size_t number = 0; number < assembly.clients().size(); ++number) {
    const std::shared_ptr<const Client>& client = assembly.clients()[number];
    Json addresses = Json::array();
    for (const Prefix& prefix : assembly.config().clients[number].address) addresses.push_back(prefix.to_text());
    Json& json =
        clients.emplace_back(Json{{"name", client->name},
                                  {"address", std::move(addresses)},
                                  {"require_message_authenticator", word(client->require_message_authenticator)},
                                  {"limit_proxy_state", word(client->limit_proxy_state)}});
    if (SourcePolicy::is_watched(*client)) json["sources"] = sources_json(sources_of(client->index));
  }
  return {{"clients", std::move(clients)}, {"is_complete", !policy.has_overflowed()}};
}

}  // namespace radhost
