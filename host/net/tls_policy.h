// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/address.h"
#include "base/tls_psk.h"
#include "net/tls_peer.h"

namespace radhost {

/// What a server knows of those that may come, asked while they shake hands. Immutable; any thread.
class TlsPolicy {
 public:
  virtual ~TlsPolicy() = default;

  /// May anybody come from there? Asked first of all (RFC 9813 §6.2.1).
  virtual bool may_come_from(const IpAddress& source) const = 0;

  /// Is it somebody's who is let in? Elsewhere: somebody's who may not come from there.
  enum class Admission : uint8_t {
    Known,
    Unknown,
    Elsewhere
  };
  virtual Admission admit(const TlsPeer& peer, const IpAddress& source) const = 0;

  /// nullptr for an identity that is nobody's, or nobody's who may come from there.
  virtual const TlsPsk* find_psk(std::string_view identity, const IpAddress& source) const = 0;
};

}  // namespace radhost
