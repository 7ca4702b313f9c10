// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "config/config.h"

namespace radhost {

/// What no certificate could be, in a client's `certificate` table.
void report_certificate_mistakes(const ConfigValue& table, ClientConfig& client, std::vector<ConfigError>& errors);

/// Reads the key of a client's `psk` table; what is wrong with it, or its identity, is added to `errors` (RFC 9813
/// §4.1.1, §4.2).
void load_psk(const ConfigValue& table, ClientPskConfig& psk, const std::filesystem::path& folder,
              std::vector<ConfigError>& errors);

/// What does not fit the listener's transport, or TLS; and its paths are made absolute.
void report_stream_mistakes(const ConfigValue& table, ListenerConfig& listener, const std::filesystem::path& folder,
                            std::vector<ConfigError>& errors);

/// What does not fit a pool's server's transport, or TLS; its paths are made absolute, and its key is read.
void report_server_tls_mistakes(const ConfigValue& table, PoolServerConfig& server, const std::filesystem::path& folder,
                                std::vector<ConfigError>& errors);

/// Identities and keys that are there twice, or are a shared secret (RFC 9813 §4.1.1, §4.1.3). `tables`: the clients',
/// by their index.
void report_shared_keys(const Config& config, const std::vector<ConfigValue>& tables, std::vector<ConfigError>& errors);

/// Clients that nothing tells apart.
void report_ambiguous_certificates(const Config& config, const std::vector<ConfigValue>& tables,
                                   std::vector<ConfigError>& errors);

/// Identities and keys of pools' servers that clients have too: who comes in by one must not be who goes out by it
/// (RFC 9813 §4.1.3; conformance TLS-16). `tables`: the pools', by their index.
void report_keys_of_both_ways(const Config& config, const std::vector<ConfigValue>& tables,
                              std::vector<ConfigError>& errors);

/// Clients without a secret that would need one. Who comes over TLS alone has none to keep.
void report_missing_secrets(const Config& config, const std::vector<ConfigValue>& tables,
                            std::vector<ConfigError>& errors);

/// Clients that a listener, which stands in `table`, names or serves and could never hear of.
void report_unreachable_clients(const Config& config, const ListenerConfig& listener, const ConfigValue& table,
                                std::vector<ConfigError>& errors);

}  // namespace radhost
