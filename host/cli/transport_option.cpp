// SPDX-License-Identifier: Apache-2.0
#include "cli/transport_option.h"

namespace radhost {
namespace {

constexpr uint16_t tls_port = 2083;
// RFC 6614 §2.3: what a shared secret is needed for over TLS is done with this one.
constexpr std::string_view tls_secret = "radsec";

std::optional<RadiusVersions> parse_versions(std::string_view text) {
  if (text == "1.0") return RadiusVersions{true, false};
  if (text == "1.1") return RadiusVersions{false, true};
  if (text == "1.0,1.1" || text == "1.1,1.0") return RadiusVersions{true, true};
  return std::nullopt;
}

}  // namespace

TransportOption::TransportOption(CLI::App& command) : tls_(command) {
  auto* udp_flag = command.add_flag("--udp", values_->udp, "over UDP, which is the default");
  auto* tcp_flag = command.add_flag("--tcp", values_->tcp, "over TCP")->excludes(udp_flag);
  command.add_flag("--tls", values_->tls, "over TLS; the secret is radsec there, unless named")
      ->excludes(udp_flag)
      ->excludes(tcp_flag);
  command.add_flag("--dtls", values_->dtls, "over DTLS (not built yet)");
  command.add_option("--radius", values_->radius_versions,
                     "1.0, 1.1, or 1.0,1.1 as the server chooses; 1.1 over TLS alone");
}

RadiusVersions TransportOption::versions() const {
  return parse_versions(values_->radius_versions).value_or(RadiusVersions());
}

std::string TransportOption::mistake() const {
  if (values_->dtls) return "--dtls: not built yet";
  auto versions = parse_versions(values_->radius_versions);
  if (!versions) return "\"" + values_->radius_versions + "\" is none of 1.0, 1.1 and 1.0,1.1";
  if (values_->tls) return tls_.mistake(*versions);
  // RFC 9765 §3.1
  if (versions->has_1_1) return "RADIUS/1.1 is spoken over TLS alone: --tls";
  if (tls_.is_given()) return "--cert, --key, --ca, --psk, --server-name and --tls-version are for --tls";
  return {};
}

std::optional<SocketAddress> TransportOption::parse_server(const std::string& to, const ClientKind& kind) const {
  return radhost::parse_server(to, values_->tls ? tls_port : kind.port);
}

Result<std::unique_ptr<SharedSecret>, std::string> TransportOption::load_secret(const SecretOption& option) const {
  // RFC 9765 §1: RADIUS/1.1 has none.
  if (!versions().has_1_0) return std::unique_ptr<SharedSecret>();
  // What the environment says is for UDP and TCP.
  auto secret = values_->tls ? option.load_named() : option.load();
  if (secret == nullptr && values_->tls) secret = std::make_unique<SharedSecret>(octets_of(tls_secret));
  if (secret == nullptr) return std::string("the secret is needed: --secret, --secret-file or RADHOST_SECRET");
  return secret;
}

Result<ServerConnection::Options, std::string> TransportOption::connection(const std::string& to,
                                                                           const SocketAddress& server,
                                                                           uint32_t timeout_ms) const {
  ServerConnection::Options options{server, nullptr, {}, timeout_ms};
  if (!values_->tls) return options;
  auto loaded = tls_.load(versions());
  if (!loaded.ok()) return loaded.error();
  options.tls = *loaded;
  options.server_name = tls_.server_name();
  if (options.server_name.empty())
    options.server_name = to.starts_with("localhost") ? "localhost" : server.address.to_text();
  return options;
}

}  // namespace radhost
