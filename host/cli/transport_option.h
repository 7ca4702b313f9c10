// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cli/client_kind.h"
#include "cli/secret_option.h"
#include "cli/server_connection.h"
#include "cli/tls_option.h"

namespace radhost {

/// What a client goes over, and which versions of RADIUS it speaks there: --udp, --tcp, --tls, --dtls, --radius, and
/// the options of TLS.
class TransportOption {
 public:
  explicit TransportOption(CLI::App& command);

  bool is_tls() const { return values_->tls; }
  /// TCP, with TLS or without.
  bool is_stream() const { return values_->tcp || values_->tls; }
  /// What --radius says; only where mistake() is empty.
  RadiusVersions versions() const;

  /// What is not built, or does not go together; empty when all is well.
  std::string mistake() const;

  /// HOST[:PORT], where the port is the kind's unless named, and that of TLS over TLS.
  std::optional<SocketAddress> parse_server(const std::string& to, const ClientKind& kind) const;

  /// nullptr where none is needed, in RADIUS/1.1; the error says that one is.
  Result<std::unique_ptr<SharedSecret>, std::string> load_secret(const SecretOption& option) const;

  /// Of a stream to `server`, which --to named so. The error says which file cannot be used, and why.
  Result<ServerConnection::Options, std::string> connection(const std::string& to, const SocketAddress& server,
                                                            uint32_t timeout_ms) const;

 private:
  struct Values {
    std::string radius_versions = "1.0";
    bool udp = false, tcp = false, tls = false, dtls = false;
  };
  std::shared_ptr<Values> values_ = std::make_shared<Values>();
  TlsOption tls_;
};

}  // namespace radhost
