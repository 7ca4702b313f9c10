// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/client.h"
#include "exchange/source_table.h"

namespace radhost {

/// What is known of the sources of Access-Requests (CVE-2024-3596): which ones have sent a valid Message-Authenticator,
/// and must from then on where the client's policy is `auto`; and for an operator who would like to demand it, which
/// ones were seen with it and which without. Shared by all workers, without a lock.
class SourcePolicy {
 public:
  SourcePolicy() : protected_(sources_max), seen_with_(sources_max), seen_without_(sources_max) {}

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

  /// An Access-Request came with a Message-Authenticator that is right, or without one. True when it must have one from
  /// now on. What only is of interest takes no room from what is enforced.
  bool note_with(const Client& client, const IpAddress& source) {
    if (is_auto(client)) return protected_.add(client.index, source);
    seen_with_.add(client.index, source);
    return false;
  }
  void note_without(const Client& client, const IpAddress& source) { seen_without_.add(client.index, source); }

  /// How often requests of a source have one: protected ones since ever, others since the server began.
  enum class Sends : uint8_t {
    Always,
    Sometimes,
    Never
  };
  void each_source(const std::function<void(size_t client, const IpAddress& source, Sends sends)>& visit) const {
    auto with = [&](size_t client, const IpAddress& source) {
      visit(client, source, seen_without_.contains(client, source) ? Sends::Sometimes : Sends::Always);
    };
    protected_.each(with);
    seen_with_.each(with);
    seen_without_.each([&](size_t client, const IpAddress& source) {
      bool sends_it = protected_.contains(client, source) || seen_with_.contains(client, source);
      if (!sends_it) visit(client, source, Sends::Never);
    });
  }
  /// Were there more sources than there is room for?
  bool has_overflowed() const {
    return protected_.has_overflowed() || seen_with_.has_overflowed() || seen_without_.has_overflowed();
  }

  /// Those that are known to send it; what a file keeps over a restart.
  const SourceTable& protected_sources() const { return protected_; }
  void restore(const Client& client, const IpAddress& source) { protected_.add(client.index, source); }

 private:
  static constexpr size_t sources_max = 65536;
  SourceTable protected_;
  SourceTable seen_with_;  // of clients that need not send it
  SourceTable seen_without_;
};

}  // namespace radhost
