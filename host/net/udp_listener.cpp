// SPDX-License-Identifier: Apache-2.0
#include "net/udp_listener.h"

#include <stdexcept>
#include <string>

namespace radhost {
namespace {

/// How many batches one listener may take before the loop turns to others.
constexpr int batches_per_turn = 16;

}  // namespace

UdpListener::UdpListener(uv_loop_t& loop, UdpSocket socket, DatagramHandler& handler)
    : socket_(std::move(socket)), handler_(handler), poll_(new uv_poll_t{}) {
  if (int error = uv_poll_init(&loop, poll_, socket_.fd()); error != 0) {
    delete poll_;
    throw std::runtime_error(std::string("cannot watch a socket: ") + uv_strerror(error));
  }
  poll_->data = this;
  watch(UV_READABLE);
}

UdpListener::~UdpListener() {
  receive_and_send();
  poll_->data = nullptr;
  uv_poll_stop(poll_);
  uv_close(reinterpret_cast<uv_handle_t*>(poll_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
}

void UdpListener::watch(int events) {
  if (events == watched_) return;
  watched_ = events;
  uv_poll_start(poll_, events, ready);
}

void UdpListener::ready(uv_poll_t* poll, int status, int) {
  auto& listener = *static_cast<UdpListener*>(poll->data);
  // After an error libuv watches no more, so that watch() must begin anew.
  if (status < 0) listener.watched_ = 0;
  listener.receive_and_send();
}

void UdpListener::receive_and_send() {
  std::array<Datagram, UdpSocket::batch_max> rooms;
  bool all_sent = flush();
  size_t room_count = UdpSocket::batch_max;
  for (int batch = 0; batch < batches_per_turn && room_count > 0; ++batch) {
    room_count = handler_.give_rooms(rooms);
    size_t received = socket_.receive(std::span(rooms).first(room_count));
    if (received == 0) break;
    handler_.receive(std::span(rooms).first(received));
    all_sent = flush();
    if (received < room_count || !all_sent) break;
  }
  // Without a room to receive into, only sending can make one.
  watch((room_count > 0 ? UV_READABLE : 0) | (all_sent ? 0 : UV_WRITABLE));
}

/// Sends what waits. False when the system's queue is full and something is left.
bool UdpListener::flush() {
  for (auto waiting = handler_.outgoing(); !waiting.empty(); waiting = handler_.outgoing()) {
    UdpSocket::Sent sent = socket_.send(waiting);
    handler_.sent(sent.count, sent.next_refused);
    if (sent.count < waiting.size() && !sent.next_refused) return false;
  }
  return true;
}

}  // namespace radhost
