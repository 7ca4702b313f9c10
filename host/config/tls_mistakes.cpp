// SPDX-License-Identifier: Apache-2.0
#include "config/tls_mistakes.h"

#include <algorithm>
#include <map>

#include "base/tls_psk.h"
#include "base/utf8.h"
#include "config/secret_places.h"

namespace radhost {
namespace {

constexpr size_t fingerprint_size = 32;

void add(std::vector<ConfigError>& errors, const Position& position, std::string message) {
  errors.push_back({position, std::move(message)});
}

/// Colons between octets, as openssl prints them, and upper case are taken.
std::string normal_fingerprint(std::string text) {
  std::erase(text, ':');
  auto octets = from_hex(text);
  return octets && octets->size() == fingerprint_size ? to_hex(*octets) : std::string();
}

/// RFC 9765 §3.3, and what of it a listener, or a server, speaks.
void report_version_mistakes(const ConfigValue& tls, const std::vector<std::string>& given,
                             std::vector<ConfigError>& errors) {
  const ConfigValue* versions = tls.find("radius_versions");
  if (versions == nullptr) return;
  if (given.empty())
    add(errors, versions->position, "there is no version: give [\"1.0\"], [\"1.0\", \"1.1\"] or [\"1.1\"]");
  for (size_t i = 0; i < given.size(); ++i) {
    const std::string& version = given[i];
    auto earlier = given.begin() + static_cast<std::ptrdiff_t>(i);
    bool is_twice = std::find(given.begin(), earlier, version) != earlier;
    bool is_known = version == "1.0" || version == "1.1";
    if (is_known && !is_twice) continue;
    const ConfigValue::Array* array = versions->array();
    const ConfigValue& at = array != nullptr && i < array->size() ? (*array)[i] : *versions;
    add(errors, at.position, is_known ? listed(version) + " is there twice"
                                      : listed(version) + " is no version of RADIUS: \"1.0\" and \"1.1\" are");
  }
}

}  // namespace

void report_certificate_mistakes(const ConfigValue& table, ClientConfig& client, std::vector<ConfigError>& errors) {
  if (table.table() == nullptr) return;
  ClientCertificateConfig& certificate = *client.certificate;
  if (table.table()->empty())
    add(errors, table.position, "say what the certificate is known by: san_dns, san_ip, subject_cn, "
                                "fingerprint_sha256 or issuer");
  for (const auto& [key, value] : *table.table()) {
    const std::string* text = std::get_if<std::string>(&value.value);
    if (text != nullptr && text->empty()) add(errors, value.position, key + " must not be empty");
  }
  if (certificate.fingerprint_sha256.empty()) return;
  certificate.fingerprint_sha256 = normal_fingerprint(certificate.fingerprint_sha256);
  if (certificate.fingerprint_sha256.empty())
    add(errors, where(table, "fingerprint_sha256"), "a SHA-256 fingerprint has 64 hexadecimal digits");
}

void load_psk(const ConfigValue& table, ClientPskConfig& psk, const std::filesystem::path& folder,
              std::vector<ConfigError>& errors) {
  if (table.table() == nullptr) return;
  if (psk.identity.empty()) add(errors, where(table, "identity"), "this psk has no identity");
  if (psk.identity.size() > TlsPsk::identity_max)
    add(errors, where(table, "identity"), "an identity has at most " + std::to_string(TlsPsk::identity_max) + " octets");
  if (!is_plain_text(psk.identity)) add(errors, where(table, "identity"), "an identity has no control characters");
  if (psk.key_file.empty()) return add(errors, where(table, "key_file"), "this psk has no key_file");
  resolve(psk.key_file, folder);
  auto key = read_psk_file(psk.key_file);
  if (!key) return add(errors, where(table, "key_file"), "cannot read a key from " + listed(psk.key_file));
  psk.key = SecretText(std::string(text_of(*key)));
  size_t size = key->size();
  if (size < TlsPsk::key_min)
    add(errors, where(table, "key_file"), "the key in " + listed(psk.key_file) + " has " + std::to_string(size) +
                                              " octets: it must have " + std::to_string(TlsPsk::key_min) + " or more");
  if (size > TlsPsk::key_max)
    add(errors, where(table, "key_file"), "the key in " + listed(psk.key_file) + " has more than " +
                                              std::to_string(TlsPsk::key_max) + " octets");
}

void report_stream_mistakes(const ConfigValue& table, ListenerConfig& listener, const std::filesystem::path& folder,
                            std::vector<ConfigError>& errors) {
  const ConfigValue *tcp = table.find("tcp"), *tls = table.find("tls");
  bool is_tls = listener.transport == Transport::Tls || listener.transport == Transport::Dtls;
  if (tcp != nullptr && listener.transport != Transport::Tcp)
    add(errors, tcp->key_position, "[listener.tcp] is for transport \"tcp\"");
  if (tls != nullptr && !is_tls) add(errors, tls->key_position, "[listener.tls] is for transport \"tls\"");
  for (std::string* path : {&listener.tls.certificate, &listener.tls.key, &listener.tls.ca, &listener.tls.crl})
    resolve(*path, folder);
  for (const ConfigValue* part : {tcp, tls}) {
    if (part == nullptr || part->table() == nullptr) continue;
    for (std::string_view key : {"max_connections", "max_connections_per_client", "max_handshakes",
                                 "handshake_timeout_ms"})
      if (const ConfigValue* value = part->find(key))
        if (const int64_t* number = std::get_if<int64_t>(&value->value); number != nullptr && *number == 0)
          add(errors, value->position, std::string(key) + " must be at least 1");
    constexpr uint32_t buffered_min = 16384;
    if (part->find("max_buffered_octets") != nullptr && listener.stream.max_buffered_octets < buffered_min)
      add(errors, where(*part, "max_buffered_octets"),
          "max_buffered_octets must be at least " + std::to_string(buffered_min));
  }
  if (listener.transport != Transport::Tls) return;
  if (tls == nullptr || tls->table() == nullptr) {
    if (tls == nullptr)
      add(errors, listener.position, "a TLS listener needs [listener.tls] with certificate, key and ca");
    return;
  }
  listener.tls.certificate_position = where(*tls, "certificate");
  listener.tls.key_position = where(*tls, "key");
  listener.tls.ca_position = where(*tls, "ca");
  listener.tls.crl_position = where(*tls, "crl");
  if (listener.tls.certificate.empty() != listener.tls.key.empty())
    add(errors, where(*tls, listener.tls.key.empty() ? "certificate" : "key"), "give certificate and key, or neither");
  // Without a certificate there are pre-shared keys alone.
  bool needs_ca = !listener.tls.certificate.empty() && listener.tls.require_client_certificate;
  if (needs_ca && listener.tls.ca.empty())
    add(errors, tls->position.line != 0 ? tls->position : listener.position,
        "give the ca whose clients are let in; clients with any certificate, or none, are no clients");
  if (!listener.tls.crl.empty() && listener.tls.ca.empty())
    add(errors, where(*tls, "crl"), "without a ca nobody's certificate is believed, revoked or not");
  report_version_mistakes(*tls, listener.tls.radius_versions, errors);
}

void report_server_tls_mistakes(const ConfigValue& table, PoolServerConfig& server, const std::filesystem::path& folder,
                                std::vector<ConfigError>& errors) {
  constexpr std::string_view keys[] = {"tls_secret", "certificate", "key", "ca",
                                       "crl",        "server_name", "psk", "radius_versions"};
  if (server.transport == Transport::Dtls) return;  // it is a mistake itself
  if (server.transport != Transport::Tls) {
    for (std::string_view key : keys)
      if (const ConfigValue* value = table.find(key))
        add(errors, value->key_position, std::string(key) + " is for transport \"tls\"");
    return;
  }
  for (std::string* path : {&server.certificate, &server.key, &server.ca, &server.crl}) resolve(*path, folder);
  server.certificate_position = where(table, "certificate");
  server.key_position = where(table, "key");
  server.ca_position = where(table, "ca");
  server.crl_position = where(table, "crl");
  server.server_name_position = where(table, "server_name");
  if (server.certificate.empty() != server.key.empty())
    add(errors, where(table, server.key.empty() ? "certificate" : "key"), "give certificate and key, or neither");
  report_version_mistakes(table, server.radius_versions, errors);
  if (const ConfigValue* psk = table.find("psk"); psk != nullptr && server.psk) {
    load_psk(*psk, *server.psk, folder, errors);
    for (std::string_view key : {"certificate", "key", "ca", "crl", "server_name"})
      if (const ConfigValue* value = table.find(key))
        add(errors, value->key_position, "with a psk there are no certificates: take out " + std::string(key));
    const auto& versions = server.radius_versions;
    bool is_1_1 = std::find(versions.begin(), versions.end(), "1.1") != versions.end();
    // RFC 9765 §3.1.
    if (is_1_1 && server.psk->version != TlsVersion::V1_3)
      add(errors, where(*psk, "tls"), "RADIUS/1.1 needs TLS 1.3");
  } else if (server.ca.empty() && psk == nullptr) {
    add(errors, server.position, "give the ca that this server's certificate leads to, or a psk");
  }
}

void report_keys_of_both_ways(const Config& config, const std::vector<ConfigValue>& tables,
                              std::vector<ConfigError>& errors) {
  for (size_t i = 0; i < config.pools.size(); ++i) {
    const ConfigValue* elements = tables[i].find("servers");
    for (size_t j = 0; j < config.pools[i].servers.size(); ++j) {
      const auto& ours = config.pools[i].servers[j].psk;
      const ConfigValue* table = ours ? (*elements->array())[j].find("psk") : nullptr;
      if (table == nullptr || ours->key.empty()) continue;
      for (const ClientConfig& client : config.clients) {
        if (client.psk && client.psk->identity == ours->identity)
          add(errors, where(*table, "identity"),
              "client " + listed(client.name) + " comes with this identity: use another");
        bool is_secret = !client.secret.empty() && equal_in_constant_time(client.secret.octets(), ours->key.octets());
        bool is_key = client.psk && equal_in_constant_time(client.psk->key.octets(), ours->key.octets());
        if (is_secret || is_key)
          add(errors, where(*table, "key_file"),
              "client " + listed(client.name) + " has this key, or secret: use another");
      }
    }
  }
}

namespace {

/// Who keeps a secret, by it.
using Secrets = std::map<std::string_view, std::string_view>;

Secrets secrets_of(const Config& config) {
  Secrets secrets;
  for (const ClientConfig& client : config.clients)
    for (const SecretText* secret : {&client.secret, &client.tls_secret})
      if (!secret->empty()) secrets.emplace(text_of(secret->octets()), client.name);
  for (const PoolConfig& pool : config.pools)
    for (const PoolServerConfig& server : pool.servers)
      if (!server.secret.empty()) secrets.emplace(text_of(server.secret.octets()), pool.name);
  return secrets;
}

/// All that a client is known by.
std::string marks_of(const ClientConfig& client) {
  const ClientCertificateConfig& certificate = *client.certificate;
  std::string marks;
  for (std::string_view mark : {std::string_view(certificate.san_dns), std::string_view(certificate.subject_cn),
                                std::string_view(certificate.fingerprint_sha256), std::string_view(certificate.issuer)})
    marks.append(mark).append("\n");
  if (certificate.san_ip) marks += certificate.san_ip->to_text();
  for (const Prefix& prefix : client.address) marks += "\n" + prefix.to_text();
  return marks;
}

}  // namespace

void report_shared_keys(const Config& config, const std::vector<ConfigValue>& tables,
                        std::vector<ConfigError>& errors) {
  std::map<std::string_view, const ClientConfig*> identities;
  std::map<std::string_view, const ClientConfig*> keys;
  const Secrets secrets = secrets_of(config);
  for (size_t i = 0; i < config.clients.size(); ++i) {
    const ClientConfig& client = config.clients[i];
    const ConfigValue* table = tables[i].find("psk");
    if (!client.psk || table == nullptr) continue;
    const ClientPskConfig& psk = *client.psk;
    auto [known, is_new] = identities.emplace(psk.identity, &client);
    if (!is_new && !psk.identity.empty())
      add(errors, where(*table, "identity"),
          "client " + listed(known->second->name) + " has the identity " + listed(psk.identity) + " already");
    if (psk.key.empty()) continue;
    std::string_view key = text_of(psk.key.octets());
    // RFC 9813 §4.1.3.
    if (auto secret = secrets.find(key); secret != secrets.end())
      add(errors, where(*table, "key_file"),
          "this key is a shared secret of " + listed(secret->second) + " too: a key is used for nothing else");
    // RFC 9813 §4.1.1.
    auto [other, is_first] = keys.emplace(key, &client);
    if (!is_first && other->second->psk->version != psk.version)
      add(errors, where(*table, "key_file"),
          "client " + listed(other->second->name) + " has this key for another version of TLS: one is for one version");
  }
}

void report_ambiguous_certificates(const Config& config, const std::vector<ConfigValue>& tables,
                                   std::vector<ConfigError>& errors) {
  std::map<std::string, const ClientConfig*> by_marks;
  for (size_t i = 0; i < config.clients.size(); ++i) {
    const ClientConfig& client = config.clients[i];
    const ConfigValue* table = tables[i].find("certificate");
    if (!client.certificate || table == nullptr) continue;
    auto [other, is_new] = by_marks.emplace(marks_of(client), &client);
    if (is_new) continue;
    const std::string& name = client.certificate->san_dns;
    add(errors, table->position, "client " + listed(other->second->name) + " is known by the same certificates" +
                                     (name.empty() ? std::string() : ", for " + listed(name)) + " already");
  }
}

void report_missing_secrets(const Config& config, const std::vector<ConfigValue>& tables,
                            std::vector<ConfigError>& errors) {
  for (size_t i = 0; i < config.clients.size(); ++i) {
    const ClientConfig& client = config.clients[i];
    if (has_secret(tables[i]) || client.certificate || client.psk) continue;
    bool needs_it = config.listeners.empty() ||
                    std::any_of(config.listeners.begin(), config.listeners.end(), [&](const ListenerConfig& listener) {
                      return !listener.is_tls() && listener.serves(client.name);
                    });
    if (needs_it) add(errors, client.position, "this client has no secret: give secret, secret_file or secret_env");
  }
}

void report_unreachable_clients(const Config& config, const ListenerConfig& listener, const ConfigValue& table,
                                std::vector<ConfigError>& errors) {
  const ConfigValue* tls = table.find("tls");
  bool has_psk = std::any_of(config.clients.begin(), config.clients.end(), [&](const ClientConfig& client) {
    return client.psk && listener.serves(client.name);
  });
  bool has_nothing = listener.transport == Transport::Tls && listener.tls.certificate.empty() && !has_psk;
  if (has_nothing && tls != nullptr)
    add(errors, tls->position.line != 0 ? tls->position : listener.position,
        "give certificate and key: no client here has a psk");
  if (listener.is_tls()) return;
  for (const std::string& name : listener.clients) {
    const ClientConfig* client = config.client(name);
    if (client != nullptr && client->secret.empty() && (client->certificate || client->psk))
      add(errors, where(table, "clients"), "client " + listed(name) + " has no secret: it can come over TLS alone");
  }
}

}  // namespace radhost
