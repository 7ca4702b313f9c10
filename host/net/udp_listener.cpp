// SPDX-License-Identifier: Apache-2.0
#include "net/udp_listener.h"

#include <stdexcept>
#include <string>

namespace radhost {
namespace {

/// How many batches one listener may take before the loop turns to others.
constexpr int batches_per_turn = 64;
/// How many are taken of what is queued in the end: more than any queue holds.
constexpr int batches_in_the_end = 16384;

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
  poll_->data = nullptr;
  uv_poll_stop(poll_);
  uv_close(reinterpret_cast<uv_handle_t*>(poll_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
}

void UdpListener::watch(int events) {
  if (events == watched_) return;
  watched_ = events;
  if (events == 0) uv_poll_stop(poll_);
  else uv_poll_start(poll_, events, ready);
}

void UdpListener::ready(uv_poll_t* poll, int status, int) {
  auto& listener = *static_cast<UdpListener*>(poll->data);
  // After an error libuv watches no more, so that watch() must begin anew.
  if (status < 0) listener.watched_ = 0;
  listener.receive_and_send(batches_per_turn);
}

void UdpListener::receive_and_send(int batches) {
  bool all_sent = flush();
  has_room_ = true;
  for (int batch = 0; batch < batches && is_receiving_; ++batch) {
    size_t room_count = handler_.give_rooms(inbox_);
    has_room_ = room_count > 0;
    UdpSocket::Received received = socket_.receive(inbox_, std::span(received_).first(room_count));
    if (received.dropped > 0) handler_.dropped(received.dropped);
    if (received.count == 0) break;
    handler_.receive(std::span(received_).first(received.count));
    all_sent = flush();
    if (received.count < room_count || !all_sent) break;
  }
  watch_for(all_sent);
}

/// Without a room to receive into, somebody must let go of one first.
void UdpListener::watch_for(bool all_sent) {
  watch((is_receiving_ && has_room_ ? UV_READABLE : 0) | (all_sent ? 0 : UV_WRITABLE));
}

void UdpListener::send_waiting() {
  bool is_waiting = !handler_.outgoing().empty();
  if (!is_waiting && has_room_) return;
  if (!has_room_) return receive_and_send(batches_per_turn);  // one may be free now
  watch_for(flush());
}

void UdpListener::stop_receiving() {
  receive_and_send(batches_in_the_end);
  is_receiving_ = false;
  watch_for(flush());
}

void UdpListener::pause_receiving() {
  is_receiving_ = false;
  watch_for(flush());
}

void UdpListener::resume_receiving() {
  is_receiving_ = true;
  watch_for(flush());
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
