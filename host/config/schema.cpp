// SPDX-License-Identifier: Apache-2.0
#include "config/schema.h"

#include <algorithm>

#include "config/mistakes.h"
#include "config/toml_printer.h"

namespace radhost {
namespace {

using Errors = std::vector<ConfigError>;

/// The words of an enumeration, in its order.
template <class Enum>
struct Words;
template <>
struct Words<LogLevel> {
  static constexpr auto list = log_level_words;
};
template <>
struct Words<LogFormat> {
  static constexpr std::string_view list[] = {"text", "json"};
};
template <>
struct Words<OnError> {
  static constexpr std::string_view list[] = {"reject", "drop"};
};
template <>
struct Words<Transport> {
  static constexpr auto list = transport_words;
};
template <>
struct Words<RequestKind> {
  static constexpr std::string_view list[] = {"access", "accounting", "coa", "disconnect"};
};
template <>
struct Words<RequireMessageAuthenticator> {
  static constexpr auto list = require_message_authenticator_words;
};
template <>
struct Words<LimitProxyState> {
  static constexpr auto list = limit_proxy_state_words;
};

template <class Enum>
constexpr std::span<const std::string_view> words_of() {
  return Words<Enum>::list;
}

// read_value and print_value: one pair for each C++ type that a key may have.

void read_value(const ConfigValue& value, bool& into, Errors& errors) {
  if (const bool* boolean = std::get_if<bool>(&value.value)) into = *boolean;
  else expected(value, "true or false", errors);
}
std::string print_value(bool value) { return value ? "true" : "false"; }

void read_value(const ConfigValue& value, uint32_t& into, Errors& errors) {
  const int64_t* number = std::get_if<int64_t>(&value.value);
  if (number == nullptr) return expected(value, "an integer", errors);
  if (*number < 0 || *number > UINT32_MAX)
    return fail(value, std::to_string(*number) + " does not lie between 0 and 4294967295", errors);
  into = static_cast<uint32_t>(*number);
}
std::string print_value(uint32_t value) { return std::to_string(value); }

void read_value(const ConfigValue& value, std::string& into, Errors& errors) {
  if (const std::string* text = std::get_if<std::string>(&value.value)) into = *text;
  else expected(value, "text", errors);
}
std::string print_value(const std::string& value) { return toml_quote(value); }

void read_value(const ConfigValue& value, SecretText& into, Errors& errors) {
  const std::string* text = std::get_if<std::string>(&value.value);
  if (text == nullptr) return expected(value, "text", errors);
  if (text->empty()) return fail(value, "a secret must not be empty", errors);
  into = SecretText(*text);
}
std::string print_value(const SecretText& value) { return value.empty() ? std::string() : toml_quote("<hidden>"); }

/// An element, or an array of them.
template <class Element>
void read_list(const ConfigValue& value, std::vector<Element>& into, Errors& errors,
               void (*read)(const ConfigValue&, Element&, Errors&)) {
  std::vector<Element> elements;
  size_t errors_before = errors.size();
  const ConfigValue::Array* array = value.array();
  size_t count = array == nullptr ? 1 : array->size();
  for (size_t i = 0; i < count; ++i) {
    Element element{};
    read(array == nullptr ? value : (*array)[i], element, errors);
    elements.push_back(std::move(element));
  }
  if (errors.size() == errors_before) into = std::move(elements);
}

void read_value(const ConfigValue& value, std::vector<std::string>& into, Errors& errors) {
  read_list<std::string>(value, into, errors, read_value);
}
std::string print_value(const std::vector<std::string>& value) { return toml_inline(value); }

template <class Enum>
requires std::is_enum_v<Enum>
void read_value(const ConfigValue& value, Enum& into, Errors& errors) {
  constexpr auto words = words_of<Enum>();
  const std::string* text = std::get_if<std::string>(&value.value);
  const bool* boolean = std::get_if<bool>(&value.value);
  std::string_view word = text != nullptr      ? std::string_view(*text)
                          : boolean == nullptr ? ""
                          : *boolean           ? "true"
                                               : "false";
  // true and false are booleans where they are words at all.
  bool is_boolean_word = word == "true" || word == "false";
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] != word || is_boolean_word != (boolean != nullptr)) continue;
    into = static_cast<Enum>(i);
    return;
  }
  if (text == nullptr && boolean == nullptr) return expected(value, "one of " + listing(words), errors);
  bool is_known = std::find(words.begin(), words.end(), word) != words.end();
  if (is_known && text != nullptr) return fail(value, "write " + std::string(word) + " without quotes", errors);
  std::string_view nearest = nearest_word(word, {words.begin(), words.end()});
  std::string hint = nearest.empty() ? "one of " + listing(words) : "did you mean \"" + std::string(nearest) + "\"?";
  fail(value, "\"" + std::string(word) + "\" is not known here: " + hint, errors);
}
template <class Enum>
requires std::is_enum_v<Enum> std::string print_value(Enum value) {
  std::string_view word = words_of<Enum>()[static_cast<size_t>(value)];
  bool is_boolean_word = word == "true" || word == "false";
  return is_boolean_word ? std::string(word) : toml_quote(word);
}

void read_value(const ConfigValue& value, Prefix& into, Errors& errors) {
  std::string text;
  size_t errors_before = errors.size();
  read_value(value, text, errors);
  if (errors.size() != errors_before) return;
  auto prefix = Prefix::parse(text);
  if (!prefix) return fail(value, "\"" + text + "\" is not an address or prefix, such as \"192.0.2.0/24\"", errors);
  into = prefix->unmapped();
}
void read_value(const ConfigValue& value, std::vector<Prefix>& into, Errors& errors) {
  read_list<Prefix>(value, into, errors, read_value);
}
std::string print_value(const std::vector<Prefix>& value) {
  std::vector<std::string> texts;
  for (const Prefix& prefix : value) texts.push_back(prefix.to_text());
  return toml_inline(texts);
}

void read_value(const ConfigValue& value, SocketAddress& into, Errors& errors) {
  std::string text;
  size_t errors_before = errors.size();
  read_value(value, text, errors);
  if (errors.size() != errors_before) return;
  auto address = SocketAddress::parse(text);
  if (!address)
    return fail(value, "\"" + text + "\" is not an address with a port, such as \"192.0.2.1:1812\" or \"[::]:1812\"",
                errors);
  into = *address;
}
void read_value(const ConfigValue& value, std::vector<SocketAddress>& into, Errors& errors) {
  read_list<SocketAddress>(value, into, errors, read_value);
}
std::string print_value(const std::vector<SocketAddress>& value) {
  std::vector<std::string> texts;
  for (const SocketAddress& address : value) texts.push_back(address.to_text());
  return toml_inline(texts);
}

/// An address, or empty text for none.
void read_value(const ConfigValue& value, std::optional<SocketAddress>& into, Errors& errors) {
  const std::string* text = std::get_if<std::string>(&value.value);
  if (text != nullptr && text->empty()) return into.reset();
  size_t errors_before = errors.size();
  SocketAddress address;
  read_value(value, address, errors);
  if (errors.size() == errors_before) into = address;
}
std::string print_value(const std::optional<SocketAddress>& value) {
  return value ? toml_quote(value->to_text()) : std::string();
}

void read_value(const ConfigValue& value, std::vector<RequestKind>& into, Errors& errors) {
  read_list<RequestKind>(value, into, errors, read_value);
}
std::string print_value(const std::vector<RequestKind>& value) {
  std::vector<std::string> texts;
  for (RequestKind kind : value) texts.emplace_back(kind_word(kind));
  return toml_inline(texts);
}

/// One chain for all kinds, or a table of them by kind.
void read_value(const ConfigValue& value, HandlerNames& into, Errors& errors) {
  const ConfigValue::Table* table = value.table();
  if (table == nullptr) {
    std::vector<std::string> names;
    read_value(value, names, errors);
    into.fill(names);
    return;
  }
  auto words = words_of<RequestKind>();
  for (const ConfigValue::Member& member : *table) {
    auto kind = kind_by_word(member.first);
    if (kind) read_value(member.second, into[static_cast<size_t>(*kind)], errors);
    else report_unknown_key(member, {words.begin(), words.end()}, errors);
  }
}
std::string print_value(const HandlerNames& value) {
  std::string text;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i].empty()) continue;
    text += (text.empty() ? " " : ", ") + std::string(kind_word(static_cast<RequestKind>(i))) + " = " +
            toml_inline(value[i]);
  }
  return "{" + text + " }";
}

/// The plugin's own table is kept as it is: the plugin reads it.
void read_value(const ConfigValue& value, ConfigValue& into, Errors& errors) {
  if (expect_table(value, errors) != nullptr) into = value;
}
std::string print_value(const ConfigValue& value) {
  return value.table() == nullptr || value.table()->empty() ? std::string() : toml_inline(value);
}

/// A row for a member of a struct.
template <auto member, class Struct, class Value>
constexpr Field<Struct> field_of(Value Struct::*, std::string_view key, std::string_view documentation) {
  return {key, documentation,
          [](const ConfigValue& value, Struct& into, Errors& errors) { read_value(value, into.*member, errors); },
          [](const Struct& from) -> std::string {
            if constexpr (std::is_same_v<Value, std::string>) {
              // Empty text is left out where that says the same.
              if ((from.*member).empty() && (Struct{}.*member).empty()) return {};
            }
            return print_value(from.*member);
          }};
}
template <auto member>
constexpr auto field(std::string_view key, std::string_view documentation) {
  return field_of<member>(member, key, documentation);
}

/// A row for a table within a table; it is printed under its own heading, not here.
template <auto member, auto fields, class Struct, class Value>
constexpr Field<Struct> table_of(Value Struct::*, std::string_view key, std::string_view documentation) {
  return {
      key, documentation,
      [](const ConfigValue& value, Struct& into, Errors& errors) { read_table(value, fields(), into.*member, errors); },
      [](const Struct&) { return std::string(); }};
}
template <auto member, auto fields>
constexpr auto table(std::string_view key, std::string_view documentation) {
  return table_of<member, fields>(member, key, documentation);
}

constexpr Field<ClientCertificateConfig> certificate_rows[] = {
    field<&ClientCertificateConfig::san_dns>("san_dns", "a DNS name among the certificate's alternative names"),
    field<&ClientCertificateConfig::san_ip>("san_ip", "an address among them, which is the source's too"),
    field<&ClientCertificateConfig::subject_cn>("subject_cn", "the subject's common name"),
    field<&ClientCertificateConfig::fingerprint_sha256>("fingerprint_sha256", "the certificate's SHA-256, hexadecimal"),
    field<&ClientCertificateConfig::issuer>("issuer", "the issuer's distinguished name"),
};
constexpr Field<ClientPskConfig> psk_rows[] = {
    field<&ClientPskConfig::identity>("identity", "the identity that the client presents"),
    field<&ClientPskConfig::key_file>("key_file", "a file that holds the key, hexadecimal or raw"),
};

/// A row for a table that may be absent.
template <auto member, class Struct, class Value>
constexpr Field<Struct> optional_of(std::optional<Value> Struct::*, std::string_view key,
                                    std::string_view documentation) {
  return {key, documentation,
          [](const ConfigValue& value, Struct& into, Errors& errors) {
            Value read;
            if constexpr (std::is_same_v<Value, ClientPskConfig>)
              read_table(value, std::span<const Field<Value>>(psk_rows), read, errors);
            else read_table(value, std::span<const Field<Value>>(certificate_rows), read, errors);
            into.*member = std::move(read);
          },
          [](const Struct&) { return std::string(); }};
}
template <auto member>
constexpr auto optional_table(std::string_view key, std::string_view documentation) {
  return optional_of<member>(member, key, documentation);
}

}  // namespace

std::span<const Field<ServerConfig>> server_fields() {
  static constexpr Field<ServerConfig> rows[] = {
      field<&ServerConfig::workers>("workers", "threads that serve; 0: one per core. A change needs a restart"),
      field<&ServerConfig::dictionary>("dictionary", "dictionary files, read in order"),
      field<&ServerConfig::plugin_path>("plugin_path", "folders that a module's name is looked up in"),
      field<&ServerConfig::control>("control", "the control socket; empty: none"),
      field<&ServerConfig::state_directory>("state_directory", "where the server keeps what outlives it"),
      field<&ServerConfig::user>("user", "dropped to after binding, when started as root"),
      {"include", "more files, as shell patterns",
       [](const ConfigValue& value, ServerConfig& into, Errors& errors) { read_value(value, into.include, errors); },
       [](const ServerConfig&) { return std::string(); }},  // what they hold is printed instead
      field<&ServerConfig::drain_timeout_ms>("drain_timeout_ms", "how long an ending may wait for what is in flight"),
      field<&ServerConfig::offload_threads>("offload_threads", "pool threads of each instance that blocks"),
      field<&ServerConfig::offload_queue>("offload_queue", "requests that may wait for those threads"),
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
      {"secret", "the shared secret, for UDP and TCP",
       [](const ConfigValue& value, ClientConfig& into, Errors& errors) { read_value(value, into.secret, errors); },
       [](const ClientConfig& from) {
         bool is_elsewhere = !from.secret_file.empty() || !from.secret_env.empty();
         return is_elsewhere ? std::string() : print_value(from.secret);
       }},
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

std::span<const Field<PluginConfig>> plugin_fields() {
  static constexpr Field<PluginConfig> rows[] = {
      field<&PluginConfig::module>("module", "a module's name in plugin_path, or the absolute path of its file"),
      field<&PluginConfig::timeout_ms>("timeout_ms", "how long it may take to answer"),
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
      table<&ListenerConfig::tls, tls_fields>("tls", "for transport tls and dtls"),
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

std::span<const Field<TlsConfig>> tls_fields() {
  static constexpr Field<TlsConfig> rows[] = {
      field<&TlsConfig::certificate>("certificate", "the server's certificate with its chain, PEM"),
      field<&TlsConfig::key>("key", "its private key, PEM"),
      field<&TlsConfig::ca>("ca", "the authorities whose clients are let in, PEM"),
      field<&TlsConfig::crl>("crl", "revoked certificates: a PEM file or a folder"),
      field<&TlsConfig::require_client_certificate>("require_client_certificate", "refuse clients without one"),
      field<&TlsConfig::minimum_version>("minimum_version", "1.2 or 1.3"),
      field<&TlsConfig::radius_versions>("radius_versions", "1.0, 1.1: offered by ALPN"),
      field<&TlsConfig::idle_timeout_ms>("idle_timeout_ms", "how long a connection may be silent"),
      field<&TlsConfig::handshake_timeout_ms>("handshake_timeout_ms", "how long a handshake may take"),
      field<&TlsConfig::max_connections>("max_connections", "connections at once"),
      field<&TlsConfig::max_connections_per_client>("max_connections_per_client", "the same for one client"),
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
