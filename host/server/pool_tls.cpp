// SPDX-License-Identifier: Apache-2.0
#include "server/pool_tls.h"

#include <algorithm>

#include "net/tls_session.h"

namespace radhost {
namespace {

const Position& where(TlsMistake::In in, const PoolServerConfig& server) {
  switch (in) {
    case TlsMistake::In::Certificate: return server.certificate_position;
    case TlsMistake::In::Key: return server.key_position;
    case TlsMistake::In::Ca: return server.ca_position;
    case TlsMistake::In::Crl: return server.crl_position;
    case TlsMistake::In::System: break;
  }
  return server.position;
}

std::shared_ptr<const TlsPsk> make_psk(const PoolServerConfig& server) {
  if (!server.psk) return nullptr;
  auto psk = std::make_shared<TlsPsk>();
  psk->identity = server.psk->identity;
  Octets key = server.psk->key.octets();
  psk->key.assign(key.begin(), key.end());
  psk->version = server.psk->version;
  return psk;
}

/// Why a name can be no server's; empty when it can.
std::string try_name(const std::shared_ptr<const TlsContext>& context, const std::string& name) {
  try {
    TlsSession session(context, name);
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

HomeServerTls make_tls(const PoolServerConfig& server, std::vector<ConfigError>& errors) {
  HomeServerTls tls;
  if (server.transport != Transport::Tls) return tls;
  for (const std::string& path :
       {server.certificate, server.key, server.ca, server.crl, server.psk ? server.psk->key_file : std::string()})
    if (!path.empty()) tls.files.emplace_back(path, FileState::of(path));
  auto speaks = [&](std::string_view version) {
    const auto& versions = server.radius_versions;
    return std::find(versions.begin(), versions.end(), version) != versions.end();
  };
  auto made = TlsContext::for_client({{server.certificate, server.key, server.ca, server.crl},
                                      TlsVersion::V1_2,
                                      {speaks("1.0"), speaks("1.1")},
                                      make_psk(server)});
  if (!made.ok()) {
    errors.push_back({where(made.error().in, server), made.error().why});
    return tls;
  }
  tls.context = std::move(*made);
  std::string why = server.psk ? std::string() : try_name(tls.context, server.certificate_name());
  if (!why.empty()) errors.push_back({server.server_name_position, std::move(why)});
  return tls;
}

}  // namespace

std::vector<HomeServerTls> make_pool_tls(const PoolConfig& pool, std::vector<ConfigError>& errors) {
  std::vector<HomeServerTls> all;
  for (const PoolServerConfig& server : pool.servers) all.push_back(make_tls(server, errors));
  return all;
}

std::vector<std::string> changed_tls_files(const Pool& pool) {
  std::vector<std::string> changed;
  for (const HomeServer& server : pool.servers)
    for (const auto& [path, state] : server.tls_files)
      if (!(FileState::of(path) == state) && std::find(changed.begin(), changed.end(), path) == changed.end())
        changed.push_back(path);
  return changed;
}

}  // namespace radhost
