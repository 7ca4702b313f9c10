// SPDX-License-Identifier: Apache-2.0
#include "exchange/request_info.h"

#include <cstring>

namespace radhost {
namespace {

radius_address_t to_abi(const IpAddress& address, uint16_t port, uint32_t scope_id) {
  radius_address_t converted{};
  std::memcpy(converted.octets, address.octets.data(), sizeof converted.octets);
  converted.scope_id = scope_id;
  converted.port = port;
  converted.family = static_cast<uint16_t>(address.family);
  return converted;
}

/// The ABI counts them in the same order, from 1.
constexpr uint8_t abi_transport(Transport transport) { return static_cast<uint8_t>(static_cast<uint8_t>(transport) + 1); }
static_assert(abi_transport(Transport::Udp) == RADIUS_TRANSPORT_UDP && abi_transport(Transport::Tcp) == RADIUS_TRANSPORT_TCP &&
              abi_transport(Transport::Tls) == RADIUS_TRANSPORT_TLS && abi_transport(Transport::Dtls) == RADIUS_TRANSPORT_DTLS);

}  // namespace

radius_request_info_t request_info(const Request& request, uint64_t id, int64_t received_us) {
  const Packet& packet = *request.packet;
  const Datagram& datagram = request.datagram;
  radius_request_info_t info{};
  info.size = sizeof info;
  info.code = static_cast<uint8_t>(packet.code());
  info.version = request.link.version;
  info.transport = abi_transport(request.link.transport);
  info.id = id;
  info.received_us = received_us;
  if (!request.link.is_1_1()) {
    info.identifier = packet.identifier();
    std::memcpy(info.authenticator, packet.authenticator().data(), sizeof info.authenticator);
  }
  info.peer = to_abi(datagram.peer.address, datagram.peer.port, datagram.peer.scope_id);
  info.local = to_abi(datagram.local, datagram.local_port, datagram.interface);
  bool is_signed = packet.code() != Code::AccountingRequest && packet.has(attribute_type::message_authenticator);
  bool is_protected = is_signed || request.link.is_tls();
  info.flags = is_protected ? uint32_t{RADIUS_REQUEST_PROTECTED} : 0;
  info.client = {request.client->name.data(), request.client->name.size()};
  info.listener = {request.listener->name.data(), request.listener->name.size()};
  if (request.connection != nullptr)
    info.tls_identity = {request.connection->identity.data(), request.connection->identity.size()};
  return info;
}

}  // namespace radhost
