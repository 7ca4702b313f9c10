// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/tls_version.h"
#include "config/secret_text.h"
#include "config/value.h"

namespace radhost {

enum class Transport : uint8_t {
  Udp,
  Tcp,
  Tls,
  Dtls
};
/// By the order above.
inline constexpr std::array<std::string_view, 4> transport_words{"udp", "tcp", "tls", "dtls"};
constexpr std::string_view transport_word(Transport transport) {
  return transport_words[static_cast<size_t>(transport)];
}

/// A pre-shared key of TLS, as one end has it.
struct ClientPskConfig {
  std::string identity;
  std::string key_file;
  TlsVersion version = TlsVersion::V1_3;
  SecretText key;  ///< its octets, from `key_file`
};

/// One server of a pool.
struct PoolServerConfig {
  Position position;
  SocketAddress address;
  SecretText secret;
  std::string secret_file;
  std::string secret_env;
  Transport transport = Transport::Udp;
  bool status_server = false;
  // For TLS.
  SecretText tls_secret{"radsec"};
  std::string certificate;
  std::string key;
  std::string ca;
  std::string crl;
  std::string server_name;
  std::optional<ClientPskConfig> psk;
  std::vector<std::string> radius_versions{"1.0"};
  // Where they are named.
  Position certificate_position, key_position, ca_position, crl_position, server_name_position;

  /// What the server's certificate must be for.
  std::string certificate_name() const { return server_name.empty() ? address.address.to_text() : server_name; }
};

/// Servers that modules send requests to (radius/ext/client.h).
struct PoolConfig {
  static constexpr uint32_t max_outstanding_max = 1048576;
  static constexpr size_t servers_max = 64;
  static constexpr size_t pools_max = 1024;
  static constexpr uint32_t max_connections_max = 64;
  static constexpr uint32_t watchdog_min_ms = 6000;

  Position position;
  std::string name;
  std::vector<PoolServerConfig> servers;
  bool require_message_authenticator = true;
  uint32_t initial_timeout_ms = 2000;
  uint32_t max_timeout_ms = 16000;
  uint32_t max_attempts = 5;
  uint32_t max_duration_ms = 30000;
  uint32_t attempts_per_server = 2;
  uint32_t max_outstanding = 4096;
  uint32_t dead_after = 3;
  uint32_t dead_time_ms = 30000;
  uint32_t probe_interval_ms = 30000;
  uint32_t revive_after = 3;
  uint32_t event_timestamp_window_s = 300;
  uint32_t max_proxy_states = 16;
  uint32_t max_connections = 4;
  uint32_t connect_timeout_ms = 10000;
  uint32_t watchdog_ms = 30000;
};

}  // namespace radhost
