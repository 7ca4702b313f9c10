// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exchange/client.h"
#include "net/tls_context.h"
#include "net/tls_peer.h"

namespace radhost {

/// Who is who among those that come to a TLS listener: the clients that it serves, and how each of them proves to be
/// itself. Immutable once filled; any thread.
class TlsClients final : public TlsPolicy {
 public:
  void add(const ClientConfig& config, std::shared_ptr<const Client> client);

  bool may_come_from(const IpAddress& source) const override;
  Admission admit(const TlsPeer& peer, const IpAddress& source) const override;
  const TlsPsk* find_psk(std::string_view identity, const IpAddress& source) const override;
  bool has_psks() const { return !by_psk_.empty(); }

  /// Who the other end is, by what it has proven; the more closely described client wins: a pre-shared key's, then one
  /// that names a certificate, in the configuration's order, then the one with the longest prefix around the source,
  /// whose certificate must be for that very address (conformance TLS-8).
  struct Found {
    const Client* client = nullptr;
    bool is_elsewhere = false;  ///< somebody is meant, who may not come from there
  };
  Found identify(const TlsPeer& peer, const IpAddress& source) const;

 private:
  struct Entry {
    std::shared_ptr<const Client> client;
    std::vector<Prefix> addresses;  // empty: from anywhere
    std::optional<ClientCertificateConfig> certificate;
    std::optional<TlsPsk> psk;

    bool may_come_from(const IpAddress& source) const;
  };
  static bool matches(const ClientCertificateConfig& wanted, const TlsPeer& peer);

  std::vector<Entry> entries_;  // as configured; those of by_psk_ are told by their number
  std::map<std::string, size_t, std::less<>> by_psk_;
};

}  // namespace radhost
