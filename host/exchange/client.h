// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "config/config.h"
#include "packet/shared_secret.h"

namespace radhost {

/// A peer that may send requests: a [[client]] of the configuration. Immutable, but for what was said of it; shared by
/// all workers.
struct Client {
  Client(const ClientConfig& config, size_t number, Md5& md5)
      : name(config.name),
        index(number),
        secret(config.secret.octets(), md5),
        require_message_authenticator(config.require_message_authenticator),
        limit_proxy_state(config.limit_proxy_state) {}

  std::string name;
  size_t index;  ///< in the configuration; counters are kept by it
  SharedSecret secret;
  RequireMessageAuthenticator require_message_authenticator;
  LimitProxyState limit_proxy_state;

  /// Has the log been told that its Accounting-Requests carry a Message-Authenticator?
  mutable std::atomic_flag accounting_warned = ATOMIC_FLAG_INIT;
};

}  // namespace radhost
