// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/client.h"
#include "exchange/source_table.h"

namespace radhost {

/// What is known of the sources of Access-Requests (CVE-2024-3596): which ones have sent a valid Message-Authenticator,
/// and must from then on where the client's policy is `auto`; and which ones never did. Shared by all workers, without a
/// lock.
class SourcePolicy {
 public:
  SourcePolicy() : protected_(sources_max), unprotected_(sources_max) {}

  static bool is_auto(const Client& client) {
    return client.require_message_authenticator == RequireMessageAuthenticator::Auto ||
           client.limit_proxy_state == LimitProxyState::Auto;
  }

  /// Is anything to be learned of its sources? Not where they must send it anyway.
  static bool is_watched(const Client& client) {
    return client.require_message_authenticator == RequireMessageAuthenticator::Auto ||
           client.require_message_authenticator == RequireMessageAuthenticator::False;
  }

  /// Has this source sent a valid Message-Authenticator before?
  bool sends_message_authenticator(const Client& client, const IpAddress& source) const {
    return is_auto(client) && protected_.contains(client.index, source);
  }

  /// A valid Access-Request came with a Message-Authenticator, or without. True when that is new.
  bool note_protected(const Client& client, const IpAddress& source) {
    return protected_.add(client.index, source);
  }
  void note_unprotected(const Client& client, const IpAddress& source) { unprotected_.add(client.index, source); }

  /// Is there no room for more? Then there may be sources that nothing is known of.
  bool is_full() const { return protected_.size() >= sources_max || unprotected_.size() >= sources_max; }

  /// Those that are known to send it; what a file keeps over a restart.
  const SourceTable& protected_sources() const { return protected_; }
  void restore(const Client& client, const IpAddress& source) { protected_.add(client.index, source); }

  /// Those that have sent Access-Requests without it and never one with it.
  void each_unprotected(const std::function<void(size_t client, const IpAddress& source)>& visit) const {
    unprotected_.each([&](size_t client, const IpAddress& source) {
      if (!protected_.contains(client, source)) visit(client, source);
    });
  }

 private:
  static constexpr size_t sources_max = 65536;
  SourceTable protected_;
  SourceTable unprotected_;
};

}  // namespace radhost
