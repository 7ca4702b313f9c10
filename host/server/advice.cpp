// SPDX-License-Identifier: Apache-2.0
#include "server/advice.h"

#include <algorithm>
#include <set>

#include "base/file_trust.h"

namespace radhost {
namespace {

/// Secrets of this size or less can be guessed from a packet that was overheard.
constexpr size_t short_secret = 12;
constexpr const char* short_secret_message = "a secret this short can be guessed: use 32 random octets";

/// One that is missing is a mistake, which others tell.
bool is_short(const SecretText& secret) { return !secret.empty() && secret.octets().size() <= short_secret; }

bool is_loopback(const SocketAddress& address) {
  const IpAddress& ip = address.address;
  if (ip.family == IpAddress::Family::V4) return ip.octets[0] == 127;
  return ip == *IpAddress::parse("::1");
}

bool is_exposed(const ListenerConfig& listener) {
  bool is_plain = listener.transport == Transport::Udp || listener.transport == Transport::Tcp;
  return is_plain && !std::all_of(listener.address.begin(), listener.address.end(), is_loopback);
}

/// Where a secret was found: in a file of its own, in the file that its table stands in, or in none.
template <class Table>
std::string file_of_secret(const Table& table) {
  if (!table.secret_file.empty()) return table.secret_file;
  bool is_written = table.secret_env.empty() && !table.secret.empty() && table.position.file != nullptr;
  return is_written ? *table.position.file : std::string();
}

void add_files(const Config& config, std::vector<Advice>& all) {
  std::set<std::string> files;
  for (const ClientConfig& client : config.clients) files.insert(file_of_secret(client));
  for (const PoolConfig& pool : config.pools)
    for (const PoolServerConfig& server : pool.servers) files.insert(file_of_secret(server));
  for (const ClientConfig& client : config.clients)
    if (client.psk) files.insert(client.psk->key_file);
  for (const ListenerConfig& listener : config.listeners)
    if (listener.transport == Transport::Tls) files.insert(listener.tls.key);
  for (const PoolConfig& pool : config.pools)
    for (const PoolServerConfig& server : pool.servers) {
      if (server.psk) files.insert(server.psk->key_file);
      files.insert(server.key);
    }
  for (const std::string& file : files) {
    std::string why = file.empty() ? std::string() : why_no_secret(file);
    if (why.empty()) continue;
    Position whole;
    whole.file = std::make_shared<const std::string>(file);
    all.push_back({std::move(whole), "file", file, "there are secrets in it, and " + why});
  }
}

void add_tls_advice(const ListenerConfig& listener, std::vector<Advice>& all) {
  if (listener.transport != Transport::Tls) return;
  if (!listener.tls.require_client_certificate)
    all.push_back({listener.position, "listener", listener.name,
                   "whoever comes from a client's address and shows no certificate is taken for that client"});
}

}  // namespace

std::vector<Advice> advice_on(const Config& config) {
  std::vector<Advice> all;
  for (const ClientConfig& client : config.clients)
    if (is_short(client.secret)) all.push_back({client.position, "client", client.name, short_secret_message});
  for (const PoolConfig& pool : config.pools) {
    for (const PoolServerConfig& server : pool.servers)
      if (server.transport != Transport::Tls && is_short(server.secret))
        all.push_back({server.position, "pool", pool.name, short_secret_message});
    bool any_plain = std::any_of(pool.servers.begin(), pool.servers.end(), [](const PoolServerConfig& server) {
      return server.transport != Transport::Tls;
    });
    if (!pool.require_message_authenticator && any_plain)
      all.push_back({pool.position, "pool", pool.name,
                     "without Message-Authenticator, its servers' answers can be forged (CVE-2024-3596)"});
  }
  bool any_exposed = std::any_of(config.listeners.begin(), config.listeners.end(), is_exposed);
  for (const ClientConfig& client : config.clients)
    if (any_exposed && client.require_message_authenticator == RequireMessageAuthenticator::False)
      all.push_back({client.position, "client", client.name,
                     "without Message-Authenticator, answers to Access-Requests can be forged (CVE-2024-3596)"});
  for (const ListenerConfig& listener : config.listeners)
    if (is_exposed(listener))
      all.push_back({listener.position, "listener", listener.name,
                     "RADIUS over UDP and TCP hides passwords and MS-CHAP weakly and all else not at all: keep it in a "
                     "network of its own"});
  for (const ListenerConfig& listener : config.listeners) add_tls_advice(listener, all);
  add_files(config, all);
  return all;
}

}  // namespace radhost
