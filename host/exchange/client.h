// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "config/config.h"
#include "exchange/rate_limit.h"
#include "packet/shared_secret.h"

namespace radhost {

/// A peer that may send requests: a [[client]] of the configuration. Immutable, but for what was said of it; shared by
/// all workers.
struct Client {
  Client(const ClientConfig& config, size_t number)
      : name(config.name),
        index(number),
        secret(config.secret.octets()),
        require_message_authenticator(config.require_message_authenticator),
        limit_proxy_state(config.limit_proxy_state),
        require_nas_identity(config.require_nas_identity),
        status_server(config.status_server),
        max_in_flight(config.max_in_flight) {}

  std::string name;
  size_t index;  ///< in the configuration; counters are kept by it
  SharedSecret secret;
  RequireMessageAuthenticator require_message_authenticator;
  LimitProxyState limit_proxy_state;
  bool require_nas_identity;
  bool status_server;
  uint32_t max_in_flight;

  // What the workers share of it.

  mutable std::atomic<uint32_t> in_flight{0};      ///< requests that handlers will answer later
  mutable std::atomic<uint32_t> conversations{0};  ///< between two rounds, or with one in hand
  /// RFC 5997 §4.2: health checks come every few seconds. Ten a second are for many of them behind one address.
  mutable RateLimit status_limit{10, 50};
  // Has the log been told that its Accounting-Requests carry a Message-Authenticator, that its Access-Requests do not
  // name their NAS?
  mutable std::atomic_flag accounting_warned = ATOMIC_FLAG_INIT;
  mutable std::atomic_flag nas_identity_warned = ATOMIC_FLAG_INIT;
};

}  // namespace radhost
