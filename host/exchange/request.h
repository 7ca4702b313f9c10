// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/listener.h"
#include "net/udp_socket.h"
#include "packet/packet.h"

namespace radhost {

/// A request's slot: the datagram was received into it, its lists are filled in it, and its reply is encoded in it.
/// Slots are reused, the last one given back first, so that they stay warm.
struct Request {
  explicit Request(const Dictionary& dictionary) : seen_by_handlers(dictionary) {}

  std::array<uint8_t, Packet::maximum_size> received;
  std::array<uint8_t, Packet::maximum_size> reply;
  size_t reply_size = 0;

  Datagram datagram;  ///< its octets lie in `received`
  const Client* client = nullptr;
  RequestKind kind = RequestKind::Access;
  radius_request seen_by_handlers;
};

/// The slots of one socket. Grows as far as its bound when more are under way at once, and never shrinks.
class RequestPool {
 public:
  RequestPool(const Dictionary& dictionary, size_t bound) : dictionary_(dictionary), bound_(bound) {}

  /// nullptr when the bound is reached.
  Request* take() {
    if (free_.empty()) {
      if (slots_.size() == bound_) return nullptr;
      slots_.push_back(std::make_unique<Request>(dictionary_));
      free_.reserve(slots_.size());
      return slots_.back().get();
    }
    Request* slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void give_back(Request* slot) {
    slot->seen_by_handlers.clear();
    free_.push_back(slot);
  }

 private:
  const Dictionary& dictionary_;
  size_t bound_;
  std::vector<std::unique_ptr<Request>> slots_;
  std::vector<Request*> free_;
};

}  // namespace radhost
