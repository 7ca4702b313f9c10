// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/log.h"
#include "base/octets.h"
#include "base/tls_version.h"
#include "config/extension_config.h"
#include "config/pool_config.h"
#include "config/value.h"
#include "packet/code.h"

namespace radhost {

// Plain structs, one a table of the configuration file. Their defaults are the program's.

struct ServerConfig {
  uint32_t workers = 0;
  std::vector<std::string> dictionary{"/usr/share/radhost/dictionaries/dictionary"};
  std::vector<std::string> plugin_path{"/usr/lib/radhost/plugins"};
  std::string control = "/run/radhost/control.sock";
  std::string state_directory = "/var/lib/radhost";
  std::string user = "radhost";
  std::vector<std::string> include;
  uint32_t drain_timeout_ms = 30000;
  uint32_t offload_threads = 16;
  uint32_t offload_queue = 4096;
  uint32_t handler_warn_ms = 100;
  uint32_t conversation_timeout_ms = 60000;
  uint32_t max_conversations = 65536;
  uint32_t max_conversations_per_client = 16384;
  uint32_t max_watches = 1024;
  uint32_t max_subrequests = 4096;
  uint32_t max_subrequest_depth = 4;
  uint32_t max_draining = 4;
  uint32_t max_zombies = 2;
};

struct LogConfig {
  LogLevel level = LogLevel::Info;
  LogFormat format = LogFormat::Text;
  std::string target = "stderr";
};

/// When an Access-Request must carry a Message-Authenticator (CVE-2024-3596).
enum class RequireMessageAuthenticator : uint8_t {
  Auto,
  True,
  False,
  All
};
inline constexpr std::array<std::string_view, 4> require_message_authenticator_words{"auto", "true", "false", "all"};
/// When Proxy-State without Message-Authenticator is refused.
enum class LimitProxyState : uint8_t {
  Auto,
  True,
  False
};
inline constexpr std::array<std::string_view, 3> limit_proxy_state_words{"auto", "true", "false"};

/// How a TLS client proves to be this one.
struct ClientCertificateConfig {
  std::string san_dns;
  std::optional<IpAddress> san_ip;
  std::string subject_cn;
  std::string fingerprint_sha256;
  std::string issuer;
};

struct ClientConfig {
  Position position;
  std::string name;
  std::vector<Prefix> address;
  SecretText secret;
  std::string secret_file;
  std::string secret_env;
  SecretText tls_secret{"radsec"};
  RequireMessageAuthenticator require_message_authenticator = RequireMessageAuthenticator::Auto;
  LimitProxyState limit_proxy_state = LimitProxyState::Auto;
  bool require_nas_identity = false;
  bool status_server = true;
  uint32_t max_in_flight = 4096;
  std::optional<ClientCertificateConfig> certificate;
  std::optional<ClientPskConfig> psk;
};

/// What the host does for a handler that failed.
enum class OnError : uint8_t {
  Reject,
  Drop
};

struct PluginConfig {
  Position position;
  std::string name;
  std::string module;
  uint32_t timeout_ms = 2000;
  uint32_t start_timeout_ms = 10000;
  OnError on_error = OnError::Reject;
  ConfigValue config;          ///< the plugin's own table; empty without one
  std::string base_directory;  ///< of the file that names it
};

struct DuplicatesConfig {
  bool enabled = true;
  uint32_t ttl_ms = 30000;
  uint32_t dynauth_ttl_ms = 300000;
  uint32_t max_entries = 262144;
  uint32_t max_octets = 67108864;
};

/// What connections of a listener are held to.
struct StreamConfig {
  uint32_t idle_timeout_ms = 600000;
  uint32_t max_connections = 4096;
  uint32_t max_connections_per_client = 256;
  uint32_t max_new_connections_per_s = 1000;
  uint32_t max_buffered_octets = 1048576;
};

struct TlsConfig {
  std::string certificate;
  std::string key;
  std::string ca;
  std::string crl;
  Position certificate_position, key_position, ca_position, crl_position;
  bool require_client_certificate = true;
  TlsVersion minimum_version = TlsVersion::V1_2;
  std::vector<std::string> radius_versions{"1.0"};
  uint32_t handshake_timeout_ms = 10000;
  uint32_t max_handshakes = 1024;
};

/// The names of a listener's handlers for each kind of request, in order.
using HandlerNames = std::array<std::vector<std::string>, request_kind_count>;

struct ListenerConfig {
  Position position;
  std::string name;
  Transport transport = Transport::Udp;
  std::vector<SocketAddress> address;
  std::vector<RequestKind> accepts;
  HandlerNames handlers;
  std::vector<std::string> clients;
  bool status_server = true;
  uint32_t max_in_flight = 16384;
  uint32_t reject_delay_ms = 1000;
  uint32_t event_timestamp_window_s = 300;
  bool require_event_timestamp = false;
  uint32_t receive_buffer = 4194304;
  DuplicatesConfig duplicates;
  StreamConfig stream;  ///< [listener.tcp], or in [listener.tls]
  TlsConfig tls;

  bool is_stream() const { return transport == Transport::Tcp || transport == Transport::Tls; }
  bool is_tls() const { return transport == Transport::Tls || transport == Transport::Dtls; }
  /// Is the client one of those that it names, or does it name none?
  bool serves(const std::string& client) const;
};

/// The whole configuration: immutable once it is loaded.
struct Config {
  ServerConfig server;
  LogConfig log;
  std::vector<ClientConfig> clients;
  std::vector<PluginConfig> plugins;
  std::vector<PoolConfig> pools;
  std::vector<ChainConfig> chains;
  std::vector<ListenerConfig> listeners;
  StoreConfig store;
  MetricsConfig metrics;

  const ClientConfig* client(std::string_view name) const;
  const PluginConfig* plugin(std::string_view name) const;
};

}  // namespace radhost
