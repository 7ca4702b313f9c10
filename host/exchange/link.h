// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/pool_config.h"
#include "packet/radius_version.h"

namespace radhost {

/// What a request came over.
struct Link {
  Transport transport = Transport::Udp;
  uint8_t version = radius_1_0;

  /// RFC 9765 §4.1: nothing is signed or hidden there, and no shared secret is used.
  bool is_1_1() const { return version == radius_1_1; }
  bool is_tls() const { return transport >= Transport::Tls; }
  bool is_stream() const { return transport == Transport::Tcp || transport == Transport::Tls; }
};

}  // namespace radhost
