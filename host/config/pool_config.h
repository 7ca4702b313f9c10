// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/address.h"
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

/// One server of a pool.
struct PoolServerConfig {
  Position position;
  SocketAddress address;
  SecretText secret;
  std::string secret_file;
  std::string secret_env;
  Transport transport = Transport::Udp;
  bool status_server = false;
};

/// Servers that modules send requests to (radius/ext/client.h).
struct PoolConfig {
  static constexpr uint32_t max_outstanding_max = 1048576;
  static constexpr size_t servers_max = 64;
  static constexpr size_t pools_max = 1024;

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
};

}  // namespace radhost
