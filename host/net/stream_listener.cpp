// SPDX-License-Identifier: Apache-2.0
#include "net/stream_listener.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "base/clock.h"

namespace radhost {
namespace {

/// How many one listener may accept before the loop turns to others.
constexpr int accepted_a_turn = 64;
/// How many are accepted of what is queued in the end: more than any queue holds.
constexpr int accepted_in_the_end = 2048;
/// Without descriptors, those that wait would wake the loop again and again.
constexpr uint64_t rest_ns = 100'000'000;

}  // namespace

StreamListener::StreamListener(const Parts& parts, StreamSocket socket)
    : parts_(parts), socket_(std::move(socket)), poll_(new uv_poll_t{}) {
  if (int error = uv_poll_init(&parts_.loop, poll_, socket_.fd()); error != 0) {
    delete poll_;
    throw std::runtime_error(std::string("cannot watch a socket: ") + uv_strerror(error));
  }
  poll_->data = this;
  watch(true);
}

StreamListener::~StreamListener() {
  close_socket();
  for (StreamConnection* connection : connections_) {
    connection->disown();
    connection->end(StreamEnd::Drained);
  }
}

/// The handle first: it must not meet the number of a descriptor that is another's by then.
void StreamListener::close_socket() {
  parts_.timers.stop(*this);
  if (poll_ == nullptr) return;
  uv_poll_t* poll = std::exchange(poll_, nullptr);
  poll->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(poll),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
  Descriptor closed = socket_.take();
}

void StreamListener::watch(bool wants) {
  wants_ = wants;
  if (poll_ == nullptr) return;
  if (wants) uv_poll_start(poll_, UV_READABLE, ready);
  else uv_poll_stop(poll_);
}

void StreamListener::ready(uv_poll_t* poll, int status, int) {
  auto& listener = *static_cast<StreamListener*>(poll->data);
  // After an error libuv watches no more.
  if (status < 0) listener.watch(listener.wants_);
  listener.accept(accepted_a_turn);
}

void StreamListener::accept(int at_most) {
  for (int accepted = 0; accepted < at_most; ++accepted) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    Descriptor socket(accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&storage), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      bool is_out_of_room = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (errno == ECONNABORTED || errno == EINTR) continue;
      if (!is_out_of_room) return;
      uv_poll_stop(poll_);
      return parts_.timers.start(*this, monotonic_ns() + rest_ns);
    }
    SocketAddress peer = SocketAddress::from(storage);
    if (!parts_.handler.admit(peer)) continue;
    StreamConnection::Parts parts{parts_.loop, parts_.timers, parts_.rooms, parts_.handler, this};
    connections_.insert(StreamConnection::begin(parts, std::move(socket), peer));
  }
}

bool StreamListener::has_connections() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const StreamConnection* connection) { return !connection->has_ended(); });
}

void StreamListener::stop_accepting() {
  if (wants_) accept(accepted_in_the_end);
  watch(false);
  close_socket();
}

}  // namespace radhost
