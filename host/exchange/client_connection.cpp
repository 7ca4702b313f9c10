// SPDX-License-Identifier: Apache-2.0
#include "exchange/client_connection.h"

#include <algorithm>

#include "base/reader.h"
#include "exchange/request.h"

namespace radhost {

/// RFC 9765 §4.2: a Token is all that tells requests apart. Before, each Code has its own Identifiers.
uint64_t ClientConnection::key_of(const Packet& packet) const {
  if (link.is_1_1()) return get_uint32be(packet.authenticator());
  return uint64_t{static_cast<uint8_t>(packet.code())} << 8 | packet.identifier();
}

ClientConnection::Claim ClientConnection::claim(const Request& request) {
  auto [place, is_new] = claimed_.try_emplace(key_of(*request.packet), &request);
  if (is_new) return Claim::New;
  Octets known = place->second->packet->octets(), octets = request.packet->octets();
  if (std::equal(known.begin(), known.end(), octets.begin(), octets.end())) return Claim::InProgress;
  if (link.is_1_1()) return Claim::Reused;
  place->second = &request;
  return Claim::New;
}

bool ClientConnection::holds(const Request& request) const {
  auto place = claimed_.find(key_of(*request.packet));
  return place != claimed_.end() && place->second == &request;
}

void ClientConnection::release(const Request& request) {
  if (!request.packet) return;
  auto place = claimed_.find(key_of(*request.packet));
  if (place != claimed_.end() && place->second == &request) claimed_.erase(place);
}

}  // namespace radhost
