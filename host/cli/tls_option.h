// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/tls_context.h"

namespace radhost {

/// A pre-shared key as the command line names it: IDENTITY:HEX, or IDENTITY:@FILE, where the file holds hexadecimal
/// digits, or else the key's octets as they are. The error says what is wrong, and nothing of the key.
Result<TlsPsk, std::string> parse_psk(const std::string& text);

/// What a client that speaks TLS is told: --cert, --key, --ca, --psk, --server-name, --tls-version.
class TlsOption {
 public:
  explicit TlsOption(CLI::App& command);

  /// Is any of them given?
  bool is_given() const;
  /// The name that the server's certificate must be for; empty: none is given.
  const std::string& server_name() const { return values_->server_name; }

  /// What is wrong with them for a client that speaks TLS and these versions; empty when all is well.
  std::string mistake(const RadiusVersions& versions) const;

  /// The error says which file cannot be used, and why.
  Result<std::shared_ptr<const TlsContext>, std::string> load(const RadiusVersions& versions) const;

 private:
  struct Values {
    TlsFiles files;
    std::string psk;
    std::string server_name;
    std::string version;
  };
  std::shared_ptr<Values> values_ = std::make_shared<Values>();
};

}  // namespace radhost
