// SPDX-License-Identifier: Apache-2.0
#include "net/udp_inbox.h"

namespace radhost {

UdpInbox::UdpInbox() {
  for (size_t place = 0; place < rooms_max; ++place) prepare(place);
}

void UdpInbox::prepare(size_t place) {
  messages_[place].msg_hdr = {
      &names_[place], sizeof names_[place], &rooms_[place], 1, controls_[place].data(), control_size, 0};
}

}  // namespace radhost
