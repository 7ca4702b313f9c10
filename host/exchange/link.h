// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/pool_config.h"

namespace radhost {

/// What a request came over.
struct Link {
  Transport transport = Transport::Udp;
  uint8_t version = 10;  ///< of RADIUS: 10 or 11

  /// RFC 9765 §4.1: nothing is signed or hidden there, and no shared secret is used.
  bool is_1_1() const { return version == 11; }
  bool is_tls() const { return transport == Transport::Tls || transport == Transport::Dtls; }
  bool is_stream() const { return transport == Transport::Tcp || transport == Transport::Tls; }
};

}  // namespace radhost
