// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "config/config.h"
#include "exchange/link.h"
#include "exchange/rate_limit.h"
#include "packet/shared_secret.h"

namespace radhost {

/// What workers share of a client, by its name (Records).
struct ClientRecord {
  ClientRecord(std::string of, size_t number) : name(std::move(of)), index(number) {}

  const std::string name;
  const size_t index;  ///< counters are kept by it

  std::atomic<uint32_t> in_flight{0};      ///< requests that handlers will answer later
  std::atomic<uint32_t> connections{0};
  std::atomic<uint32_t> conversations{0};  ///< between two rounds, or with one in hand
  /// RFC 5997 §4.2: health checks come every few seconds. Ten a second are for many of them behind one address.
  RateLimit status_limit{10, 50};
  // Has the log been told that its Accounting-Requests carry a Message-Authenticator, that its Access-Requests do not
  // name their NAS?
  std::atomic_flag accounting_warned = ATOMIC_FLAG_INIT;
  std::atomic_flag nas_identity_warned = ATOMIC_FLAG_INIT;
};

/// A peer that may send requests: a [[client]] of one configuration. Immutable; shared by all workers.
struct Client {
  Client(const ClientConfig& config, ClientRecord& of)
      : record(of),
        name(of.name),
        index(of.index),
        secret(config.secret.octets()),
        tls_secret(config.tls_secret.octets()),
        require_message_authenticator(config.require_message_authenticator),
        limit_proxy_state(config.limit_proxy_state),
        require_nas_identity(config.require_nas_identity),
        status_server(config.status_server),
        max_in_flight(config.max_in_flight) {}

  const SharedSecret& secret_over(const Link& link) const { return link.is_tls() ? tls_secret : secret; }

  ClientRecord& record;
  const std::string& name;
  size_t index;
  SharedSecret secret;      ///< over UDP and TCP
  SharedSecret tls_secret;  ///< of RADIUS/1.0 over TLS
  RequireMessageAuthenticator require_message_authenticator;
  LimitProxyState limit_proxy_state;
  bool require_nas_identity;
  bool status_server;
  uint32_t max_in_flight;
};

}  // namespace radhost
