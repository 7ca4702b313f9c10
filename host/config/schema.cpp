// SPDX-License-Identifier: Apache-2.0
#include "config/schema.h"

#include "config/schema_field.h"

namespace radhost {
namespace {

/// A row for a table within a table; it is printed under its own heading, not here.
template <auto member, auto fields, class Struct, class Value>
constexpr Field<Struct> table_of(Value Struct::*, std::string_view key, std::string_view documentation) {
  return {
      key, documentation, kind_table,
      [](const ConfigValue& value, Struct& into, Errors& errors) { read_table(value, fields(), into.*member, errors); },
      [](const Struct&) { return std::string(); },
      [](const Struct& before, const Struct& after, const std::string& whole_key, Differences& differences) {
        compare_tables(before.*member, after.*member, fields(), whole_key + ".", differences);
      }};
}
template <auto member, auto fields>
constexpr auto table(std::string_view key, std::string_view documentation) {
  return table_of<member, fields>(member, key, documentation);
}

/// [listener.tcp] holds what connections are held to; compared under the name of the table that it stands in.
constexpr Field<ListenerConfig> tcp_row() {
  return {"tcp", "for transport tcp", kind_table,
          [](const ConfigValue& value, ListenerConfig& into, Errors& errors) {
            read_table(value, stream_fields(), into.stream, errors);
          },
          [](const ListenerConfig&) { return std::string(); },
          [](const ListenerConfig& before, const ListenerConfig& after, const std::string&, Differences& differences) {
            std::string table = after.transport == Transport::Tcp ? "tcp." : "tls.";
            compare_tables(before.stream, after.stream, stream_fields(), table, differences);
          }};
}

/// [listener.tls] holds what TLS needs, and what connections are held to.
constexpr Field<ListenerConfig> tls_row() {
  return {"tls", "for transport tls and dtls", kind_table,
          [](const ConfigValue& value, ListenerConfig& into, Errors& errors) {
            read_tables(value, tls_fields(), into.tls, stream_fields(), into.stream, errors);
          },
          [](const ListenerConfig&) { return std::string(); },
          [](const ListenerConfig& was, const ListenerConfig& is, const std::string& key, Differences& differences) {
            // What connections are held to has been compared as the row before.
            compare_tables(was.tls, is.tls, tls_fields(), key + ".", differences);
          }};
}

template <class Value>
std::span<const Field<Value>> rows_of() {
  if constexpr (std::is_same_v<Value, ClientPskConfig>) return psk_fields();
  else return client_certificate_fields();
}

/// A row for a table that may be absent.
template <auto member, class Struct, class Value>
constexpr Field<Struct> optional_of(std::optional<Value> Struct::*, std::string_view key,
                                    std::string_view documentation) {
  return {key, documentation, kind_table,
          [](const ConfigValue& value, Struct& into, Errors& errors) {
            Value read;
            read_table(value, rows_of<Value>(), read, errors);
            into.*member = std::move(read);
          },
          [](const Struct& from) {
            const std::optional<Value>& value = from.*member;
            return value ? print_inline_table(*value, rows_of<Value>()) : std::string();
          },
          [](const Struct& before, const Struct& after, const std::string& whole_key, Differences& differences) {
            const std::optional<Value>&was = before.*member, &is = after.*member;
            if (was && is) compare_tables(*was, *is, rows_of<Value>(), whole_key + ".", differences);
            if constexpr (std::is_same_v<Value, ClientPskConfig>) {
              bool is_other_key = was && is && was->key_file == is->key_file && !(was->key == is->key);
              if (is_other_key) differences.push_back(is->key_file);
            }
            if (was.has_value() != is.has_value()) differences.push_back(whole_key);
          }};
}
template <auto member>
constexpr auto optional_table(std::string_view key, std::string_view documentation) {
  return optional_of<member>(member, key, documentation);
}

}  // namespace

const ConfigValue::Table* expect_table(const ConfigValue& value, std::vector<ConfigError>& errors) {
  const ConfigValue::Table* table = value.table();
  if (table == nullptr) expected(value, "a table", errors);
  return table;
}

void report_unknown_key(const ConfigValue::Member& member, const std::vector<std::string_view>& known,
                        std::vector<ConfigError>& errors) {
  std::string message = "unknown key \"" + member.first + "\"";
  std::string_view nearest = nearest_word(member.first, known);
  message += nearest.empty() ? "; known here: " + listing(known) : "; did you mean \"" + std::string(nearest) + "\"?";
  errors.push_back({member.second.key_position, std::move(message)});
}

std::span<const Field<ServerConfig>> server_fields() {
  static constexpr Field<ServerConfig> rows[] = {
      field<&ServerConfig::workers>("workers", "threads that serve; 0: one per core. A change needs a restart"),
      field<&ServerConfig::dictionary>("dictionary", "dictionary files, read in order"),
      field<&ServerConfig::plugin_path>("plugin_path", "folders that a module's name is looked up in"),
      field<&ServerConfig::control>("control", "the control socket; empty: none"),
      field<&ServerConfig::state_directory>("state_directory", "where the server keeps what outlives it"),
      field<&ServerConfig::user>("user", "dropped to after binding, when started as root"),
      {"include", "more files, as shell patterns", kind_of<std::vector<std::string>>,
       [](const ConfigValue& value, ServerConfig& into, Errors& errors) { read_value(value, into.include, errors); },
       [](const ServerConfig&) { return std::string(); },  // what they hold is printed instead, and compared
       [](const ServerConfig&, const ServerConfig&, const std::string&, Differences&) {}},
      field<&ServerConfig::drain_timeout_ms>("drain_timeout_ms", "how long an ending may wait for what is in flight"),
      field<&ServerConfig::offload_threads>("offload_threads", "pool threads of each instance that blocks"),
      field<&ServerConfig::offload_queue>("offload_queue", "requests that may wait for those threads"),
      field<&ServerConfig::handler_warn_ms>("handler_warn_ms",
                                            "a handler that holds a worker longer is named; 0: none is"),
      field<&ServerConfig::conversation_timeout_ms>("conversation_timeout_ms",
                                                    "how long an Access-Challenge waits for the next round"),
      field<&ServerConfig::max_conversations>("max_conversations", "challenges that may wait for their next round"),
      field<&ServerConfig::max_conversations_per_client>("max_conversations_per_client", "the same for one client"),
      field<&ServerConfig::max_watches>("max_watches", "descriptors that an instance may watch on each worker"),
      field<&ServerConfig::max_subrequests>("max_subrequests", "subrequests that may be under way on each worker"),
      field<&ServerConfig::max_subrequest_depth>("max_subrequest_depth", "how deep subrequests may be nested"),
      field<&ServerConfig::max_draining>("max_draining", "instances that may drain at once"),
      field<&ServerConfig::max_zombies>("max_zombies", "instances that may fail to end"),
  };
  return rows;
}

std::span<const Field<LogConfig>> log_fields() {
  static constexpr Field<LogConfig> rows[] = {
      field<&LogConfig::level>("level", "debug, info, warn or error"),
      field<&LogConfig::format>("format", "text or json"),
      field<&LogConfig::target>("target", "stderr, syslog, or a file's path"),
  };
  return rows;
}

std::span<const Field<ClientConfig>> client_fields() {
  static constexpr Field<ClientConfig> rows[] = {
      field<&ClientConfig::name>("name", "what logs and counters call it"),
      field<&ClientConfig::address>("address", "addresses and prefixes; the longest that matches wins"),
      secret_field<ClientConfig>("the shared secret, for UDP and TCP"),
      field<&ClientConfig::secret_file>("secret_file", "a file that holds it"),
      field<&ClientConfig::secret_env>("secret_env", "an environment variable that holds it"),
      field<&ClientConfig::tls_secret>("tls_secret", "the secret of RADIUS/1.0 over TLS"),
      field<&ClientConfig::require_message_authenticator>("require_message_authenticator",
                                                          "auto, true, false, or all (every kind of request)"),
      field<&ClientConfig::limit_proxy_state>("limit_proxy_state",
                                              "refuse Proxy-State without Message-Authenticator: auto, true, false"),
      field<&ClientConfig::require_nas_identity>("require_nas_identity",
                                                 "reject Access-Requests that do not name their NAS"),
      field<&ClientConfig::status_server>("status_server", "answer its Status-Server"),
      field<&ClientConfig::max_in_flight>("max_in_flight", "its requests that may be under way at once"),
      optional_table<&ClientConfig::certificate>("certificate", "the TLS certificate that proves it"),
      optional_table<&ClientConfig::psk>("psk", "the TLS pre-shared key that proves it"),
  };
  return rows;
}

std::span<const Field<ClientCertificateConfig>> client_certificate_fields() {
  static constexpr Field<ClientCertificateConfig> rows[] = {
      field<&ClientCertificateConfig::san_dns>("san_dns", "a DNS name among the certificate's alternative names"),
      field<&ClientCertificateConfig::san_ip>("san_ip", "an address among them, which is the source's too"),
      field<&ClientCertificateConfig::subject_cn>("subject_cn", "the subject's common name"),
      field<&ClientCertificateConfig::fingerprint_sha256>("fingerprint_sha256",
                                                          "the certificate's SHA-256, hexadecimal"),
      field<&ClientCertificateConfig::issuer>("issuer", "the issuer's distinguished name"),
  };
  return rows;
}

std::span<const Field<ClientPskConfig>> psk_fields() {
  static constexpr Field<ClientPskConfig> rows[] = {
      field<&ClientPskConfig::identity>("identity", "the identity that the client presents"),
      field<&ClientPskConfig::key_file>("key_file",
                                        "a file that holds the key, hexadecimal or raw: 16 octets or more"),
      field<&ClientPskConfig::version>("tls", "the one version of TLS that the key is for: 1.3 or 1.2"),
  };
  return rows;
}

std::span<const Field<PluginConfig>> plugin_fields() {
  static constexpr Field<PluginConfig> rows[] = {
      field<&PluginConfig::module>("module", "a module's name in plugin_path, or the absolute path of its file"),
      field<&PluginConfig::timeout_ms>("timeout_ms", "how long it may take to answer"),
      field<&PluginConfig::start_timeout_ms>("start_timeout_ms", "how long each step of its start may take"),
      field<&PluginConfig::on_error>("on_error", "what a failure does to an Access-Request: reject or drop"),
      field<&PluginConfig::config>("config", "the plugin's own table"),
  };
  return rows;
}

std::span<const Field<ChainConfig>> chain_fields() {
  static constexpr Field<ChainConfig> rows[] = {
      field<&ChainConfig::handlers>("handlers", "plugins in order, for the requests that plugins make"),
  };
  return rows;
}

std::span<const Field<ListenerConfig>> listener_fields() {
  static constexpr Field<ListenerConfig> rows[] = {
      field<&ListenerConfig::name>("name", "what logs, counters and commands call it"),
      field<&ListenerConfig::transport>("transport", "udp, tcp, tls or dtls"),
      field<&ListenerConfig::address>("address", "where it listens; [::] serves IPv4 too"),
      field<&ListenerConfig::accepts>("accepts", "access, accounting, coa, disconnect"),
      field<&ListenerConfig::handlers>("handlers", "plugins in order: one chain for all, or a table by kind"),
      field<&ListenerConfig::clients>("clients", "the clients it serves; empty: all"),
      field<&ListenerConfig::status_server>("status_server", "answer Status-Server"),
      field<&ListenerConfig::max_in_flight>("max_in_flight", "requests that may be under way at once"),
      field<&ListenerConfig::reject_delay_ms>("reject_delay_ms", "how long an Access-Reject is held back"),
      field<&ListenerConfig::event_timestamp_window_s>("event_timestamp_window_s",
                                                       "how far an Event-Timestamp may be from now"),
      field<&ListenerConfig::require_event_timestamp>("require_event_timestamp",
                                                      "refuse CoA and Disconnect without Event-Timestamp"),
      field<&ListenerConfig::receive_buffer>("receive_buffer", "octets that the system may queue for it"),
      table<&ListenerConfig::duplicates, duplicates_fields>("duplicates", "duplicate detection"),
      tcp_row(),
      tls_row(),
  };
  return rows;
}

std::span<const Field<DuplicatesConfig>> duplicates_fields() {
  static constexpr Field<DuplicatesConfig> rows[] = {
      field<&DuplicatesConfig::enabled>("enabled", "answer a retransmission with the first answer"),
      field<&DuplicatesConfig::ttl_ms>("ttl_ms", "how long an answer is kept"),
      field<&DuplicatesConfig::dynauth_ttl_ms>("dynauth_ttl_ms", "the same for CoA and Disconnect"),
      field<&DuplicatesConfig::max_entries>("max_entries", "answers kept, over all workers"),
      field<&DuplicatesConfig::max_octets>("max_octets", "octets kept, over all workers"),
  };
  return rows;
}

std::span<const Field<StreamConfig>> stream_fields() {
  static constexpr Field<StreamConfig> rows[] = {
      field<&StreamConfig::idle_timeout_ms>("idle_timeout_ms", "how long a connection may be silent; 0: for ever"),
      field<&StreamConfig::max_connections>("max_connections", "connections at once"),
      field<&StreamConfig::max_connections_per_client>("max_connections_per_client", "the same for one client"),
      field<&StreamConfig::max_new_connections_per_s>("max_new_connections_per_s",
                                                      "connections that may begin in a second; 0: no bound"),
      field<&StreamConfig::max_buffered_octets>("max_buffered_octets",
                                                "octets of answers that may wait for a client; beyond them nothing is "
                                                "read from it, and beyond four times as many it is let go"),
  };
  return rows;
}

std::span<const Field<TlsConfig>> tls_fields() {
  static constexpr Field<TlsConfig> rows[] = {
      field<&TlsConfig::certificate>("certificate", "the server's certificate with its chain, PEM"),
      field<&TlsConfig::key>("key", "its private key, PEM"),
      field<&TlsConfig::ca>("ca", "the authorities whose clients are let in, PEM"),
      field<&TlsConfig::crl>("crl", "revoked certificates: a PEM file or a folder"),
      field<&TlsConfig::require_client_certificate>("require_client_certificate", "refuse clients without one"),
      field<&TlsConfig::minimum_version>("minimum_version", "1.2 or 1.3"),
      field<&TlsConfig::radius_versions>("radius_versions", "1.0, 1.1: offered by ALPN"),
      field<&TlsConfig::handshake_timeout_ms>("handshake_timeout_ms", "how long a handshake may take"),
      field<&TlsConfig::max_handshakes>("max_handshakes", "connections that may be shaking hands at once"),
  };
  return rows;
}

std::span<const Field<PoolConfig>> pool_fields() {
  static constexpr Field<PoolConfig> rows[] = {
      field<&PoolConfig::servers>("servers", "tables, in order: the first that is not dead is asked"),
      field<&PoolConfig::require_message_authenticator>(
          "require_message_authenticator", "drop answers to Access-Requests and Status-Server that do not carry one"),
      field<&PoolConfig::initial_timeout_ms>("initial_timeout_ms",
                                             "how long the first transmission waits; each further one twice as long"),
      field<&PoolConfig::max_timeout_ms>("max_timeout_ms", "how long a transmission waits at most; 0: no bound"),
      field<&PoolConfig::max_attempts>("max_attempts", "transmissions of a request, to all servers; 0: no bound"),
      field<&PoolConfig::max_duration_ms>("max_duration_ms", "how long a request waits for its answer in all"),
      field<&PoolConfig::attempts_per_server>("attempts_per_server",
                                              "transmissions to a server before the next one is asked"),
      field<&PoolConfig::max_outstanding>("max_outstanding",
                                          "requests that may wait for answers, divided among the workers"),
      field<&PoolConfig::dead_after>("dead_after", "transmissions in a row without any answer that make a server dead"),
      field<&PoolConfig::dead_time_ms>("dead_time_ms",
                                       "when a dead server is tried again that is not asked by Status-Server"),
      field<&PoolConfig::probe_interval_ms>("probe_interval_ms", "how often a dead server is asked by Status-Server"),
      field<&PoolConfig::revive_after>("revive_after", "answers to Status-Server in a row that end a server's death"),
      field<&PoolConfig::event_timestamp_window_s>("event_timestamp_window_s",
                                                   "how far an answer's Event-Timestamp may be from now"),
      field<&PoolConfig::max_proxy_states>("max_proxy_states",
                                           "a request with more Proxy-State goes in circles and is not forwarded"),
      field<&PoolConfig::max_connections>("max_connections",
                                          "connections of each worker to a server, over tcp and tls"),
      field<&PoolConfig::connect_timeout_ms>("connect_timeout_ms", "how long connecting and a handshake may take"),
      field<&PoolConfig::watchdog_ms>("watchdog_ms",
                                      "how long a connection may be silent before Status-Server is sent, 6000 or more; "
                                      "0: none is sent. On loopback it may be less"),
  };
  return rows;
}

namespace {

/// A row for what only TLS needs; of other servers it is not printed.
template <auto member>
constexpr Field<PoolServerConfig> tls_field(std::string_view key, std::string_view documentation) {
  Field<PoolServerConfig> row = field<member>(key, documentation);
  row.print = [](const PoolServerConfig& from) {
    constexpr Field<PoolServerConfig> printed = field<member>("", "");
    return from.transport == Transport::Tls ? printed.print(from) : std::string();
  };
  return row;
}

}  // namespace

std::span<const Field<PoolServerConfig>> pool_server_fields() {
  static constexpr Field<PoolServerConfig> rows[] = {
      field<&PoolServerConfig::address>("address", "its address and port"),
      secret_field<PoolServerConfig>("the secret shared with it"),
      field<&PoolServerConfig::secret_file>("secret_file", "a file that holds it"),
      field<&PoolServerConfig::secret_env>("secret_env", "an environment variable that holds it"),
      field<&PoolServerConfig::transport>("transport", "udp, tcp or tls"),
      field<&PoolServerConfig::status_server>("status_server",
                                              "it answers Status-Server: ask it while it is dead; over udp"),
      tls_field<&PoolServerConfig::tls_secret>("tls_secret", "the secret of RADIUS/1.0 over TLS"),
      tls_field<&PoolServerConfig::certificate>("certificate", "our certificate with its chain, PEM"),
      tls_field<&PoolServerConfig::key>("key", "its private key, PEM"),
      tls_field<&PoolServerConfig::ca>("ca", "the authorities that its certificate must lead to, PEM"),
      tls_field<&PoolServerConfig::crl>("crl", "revoked certificates: a PEM file or a folder"),
      tls_field<&PoolServerConfig::server_name>(
          "server_name", "a name or address among its certificate's alternative names; empty: its address"),
      optional_table<&PoolServerConfig::psk>("psk", "the pre-shared key in place of certificates"),
      tls_field<&PoolServerConfig::radius_versions>("radius_versions", "1.0, 1.1: offered by ALPN"),
  };
  return rows;
}

std::span<const Field<StoreConfig>> store_fields() {
  static constexpr Field<StoreConfig> rows[] = {
      field<&StoreConfig::max_entries>("max_entries", "values that modules may keep, in all"),
      field<&StoreConfig::max_octets>("max_octets", "octets of those and their keys"),
      field<&StoreConfig::max_waiting>("max_waiting", "answers that may wait for an instance on each of its threads"),
  };
  return rows;
}

std::span<const Field<MetricsConfig>> metrics_fields() {
  static constexpr Field<MetricsConfig> rows[] = {
      field<&MetricsConfig::address>("address", "where Prometheus finds /metrics; empty: off"),
      field<&MetricsConfig::max_per_plugin>("max_per_plugin", "metrics that an instance may declare"),
  };
  return rows;
}

}  // namespace radhost
