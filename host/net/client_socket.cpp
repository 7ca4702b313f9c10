// SPDX-License-Identifier: Apache-2.0
#include "net/client_socket.h"

#include <algorithm>
#include <array>

namespace radhost {
namespace {

constexpr size_t datagram_max = 4096;
constexpr size_t rooms_max = 16;
/// How many batches one socket may take before the loop turns to others.
constexpr int batches_per_turn = 16;

}  // namespace

ClientSocket::ClientSocket(ConnectedSocket socket, AnswerHandler& handler)
    : socket_(std::move(socket)), handler_(handler) {}

Result<std::unique_ptr<ClientSocket>, std::string> ClientSocket::open(uv_loop_t& loop, const SocketAddress& server,
                                                                      AnswerHandler& handler) {
  auto socket = ConnectedSocket::open(server, std::nullopt);
  if (!socket.ok()) return socket.error();
  std::unique_ptr<ClientSocket> made(new ClientSocket(std::move(*socket), handler));
  auto poll = std::make_unique<uv_poll_t>();
  if (int error = uv_poll_init(&loop, poll.get(), made->socket_.fd()); error != 0)
    return std::string("cannot watch a socket: ") + uv_strerror(error);
  made->poll_ = poll.release();
  made->poll_->data = made.get();
  made->watch();
  return made;
}

ClientSocket::~ClientSocket() {
  if (poll_ == nullptr) return;
  uv_poll_stop(poll_);
  uv_close(reinterpret_cast<uv_handle_t*>(poll_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
}

void ClientSocket::watch() {
  uv_poll_start(poll_, UV_READABLE, [](uv_poll_t* readable, int status, int) {
    static_cast<ClientSocket*>(readable->data)->receive(status);
  });
}

void ClientSocket::receive(int status) {
  std::array<std::array<uint8_t, datagram_max>, rooms_max> octets;
  std::array<MutableOctets, rooms_max> rooms;
  for (int batch = 0; batch < batches_per_turn; ++batch) {
    std::copy(octets.begin(), octets.end(), rooms.begin());
    size_t count = socket_.receive(rooms);
    for (size_t i = 0; i < count; ++i) handler_.receive(rooms[i]);
    if (count < rooms_max) break;
  }
  // After an error, such as a port that is closed, libuv watches no more.
  if (status < 0) watch();
}

}  // namespace radhost
