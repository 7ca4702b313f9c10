// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/packet.h"

namespace radhost {

/// Is a CoA- or Disconnect-Request of now? RFC 5176 §6.3: an Event-Timestamp may differ from the server's clock by the
/// window, either way. One without it is, unless it is `required`.
bool is_current(const Packet& request, uint32_t window_s, bool required, uint64_t now_s);

}  // namespace radhost
