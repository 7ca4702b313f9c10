// SPDX-License-Identifier: Apache-2.0
#include "cli/server_connection.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/clock.h"
#include "packet/packet.h"
#include "packet/radius_version.h"

namespace radhost {
namespace {

constexpr uint64_t ns_per_ms = 1000000;
constexpr size_t room_size = 1 << 14;  // the most that a record holds

/// Waits for an event of a socket. False when the time is over.
bool wait_for(int socket, short events, uint64_t deadline_ns) {
  for (;;) {
    uint64_t now = monotonic_ns();
    pollfd watched{socket, events, 0};
    int wait_ms = deadline_ns > now ? static_cast<int>((deadline_ns - now) / ns_per_ms + 1) : 0;
    int ready = poll(&watched, 1, wait_ms);
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool is_not_yet(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

ServerConnection::ServerConnection(const Options& options) : options_(options), room_(room_size) {}

ServerConnection::~ServerConnection() {
  if (socket_) finish();
}

std::unique_ptr<ServerConnection> ServerConnection::begin(const Options& options) {
  std::unique_ptr<ServerConnection> made(new ServerConnection(options));
  if (std::string why = made->begin_to_connect(); !why.empty()) made->end(std::move(why));
  return made;
}

Result<std::unique_ptr<ServerConnection>, std::string> ServerConnection::open(const Options& options) {
  auto made = begin(options);
  uint64_t deadline_ns = monotonic_ns() + options.timeout_ms * ns_per_ms;
  while (made->is_open() && !made->is_established()) {
    if (wait_for(made->fd(), made->wanted_events(), deadline_ns)) made->go_on();
    else if (made->state_ == State::Connecting) made->end("it does not answer");
    else made->end("the server does not go on with the handshake");
  }
  if (!made->is_established()) return made->why_not_established();
  return made;
}

std::string ServerConnection::why_not_established() const {
  if (state_ == State::Connecting) return "cannot reach " + options_.server.to_text() + ": " + why_ended_;
  std::string name = options_.server_name.empty() ? std::string() : " as \"" + options_.server_name + "\"";
  return "no session with " + options_.server.to_text() + name + ": " + why_ended_;
}

short ServerConnection::wanted_events() const {
  if (state_ == State::Connecting) return POLLOUT;
  return static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT);
}

void ServerConnection::go_on() {
  if (state_ == State::Connecting) finish_connecting();
  else if (state_ == State::ShakingHands) shake_hands();
}

std::string ServerConnection::begin_to_connect() {
  bool v6 = options_.server.address.family == IpAddress::Family::V6;
  socket_ = Descriptor(socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return std::strerror(errno);
  // Nothing is gained by waiting for more: each packet is a whole one.
  int on = 1;
  setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_storage storage;
  socklen_t size = options_.server.to_system(storage, options_.server.address.family);
  bool is_under_way =
      connect(socket_.number(), reinterpret_cast<sockaddr*>(&storage), size) == 0 || errno == EINPROGRESS;
  return is_under_way ? std::string() : std::strerror(errno);
}

void ServerConnection::finish_connecting() {
  int error = 0;
  socklen_t error_size = sizeof error;
  getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &error, &error_size);
  if (error != 0) return end(std::strerror(error));
  state_ = options_.tls == nullptr ? State::Established : State::ShakingHands;
  if (options_.tls == nullptr) return;
  session_ = std::make_unique<TlsSession>(options_.tls, options_.server_name);
  session_->handshake(out_);
  flush();
}

void ServerConnection::shake_hands() {
  flush();
  auto received = read_socket();
  if (!received || received->empty()) return;
  session_->feed(*received);
  TlsSession::Step step = session_->handshake(out_);
  flush();
  if (step == TlsSession::Step::Done) conclude_handshake();
  else if (step != TlsSession::Step::WantsMore) end(why_handshake_failed());
}

void ServerConnection::conclude_handshake() {
  auto version = session_->radius_version();
  // RFC 9765 §3.3: who speaks nothing else closes the connection.
  if (!version) return end("the server does not speak RADIUS/1.1");
  is_1_1_ = *version == radius_1_1;
  state_ = State::Established;
  may_hold_records_ = true;
}

std::string ServerConnection::why_handshake_failed() const {
  if (session_->refusal() == TlsSession::Refusal::NoCommonVersion)
    return options_.tls->versions().has_1_0 ? "the server speaks neither RADIUS/1.0 nor RADIUS/1.1"
                                            : "the server does not speak RADIUS/1.1";
  if (!session_->is_certificate_bad()) return "the handshake failed: " + session_->why();
  bool has_psk = options_.tls->psk() != nullptr;
  return (has_psk ? "the server does not take the pre-shared key, and its certificate is not believed: "
                  : "the server's certificate is not believed: ") +
         session_->why();
}

void ServerConnection::end(std::string why) {
  if (is_open()) why_ended_ = std::move(why);
}

/// The server's doing, in good order.
void ServerConnection::close(const std::string& why) {
  if (is_open()) was_closed_ = true;
  end(why);
}

void ServerConnection::send(std::span<const Octets> packets) {
  for (Octets packet : packets) {
    if (session_ == nullptr) out_.insert(out_.end(), packet.begin(), packet.end());
    else if (!session_->write(packet, out_)) end("the session failed: " + session_->why());
  }
  flush();
}

void ServerConnection::finish() {
  if (session_ != nullptr && !is_broken_) {
    session_->close(out_);
    flush();
  }
  shutdown(socket_.number(), SHUT_WR);
}

void ServerConnection::flush() {
  size_t sent = 0;
  while (sent < out_.size() && !is_broken_) {
    ssize_t size = ::send(socket_.number(), out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
    if (size >= 0) sent += static_cast<size_t>(size);
    else if (is_not_yet(errno)) break;
    // The server has closed the connection; why, it may have said before.
    else is_broken_ = true;
  }
  if (is_broken_) out_.clear();
  else out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(sent));
}

void ServerConnection::receive(uint64_t deadline_ns, const Take& take) {
  if (may_hold_records_) receive_now(take);
  if (is_open() && wait_for(socket_.number(), wanted_events(), deadline_ns)) receive_now(take);
}

void ServerConnection::receive_now(const Take& take) {
  // With the last octets of a handshake there may have come more.
  if (std::exchange(may_hold_records_, false)) take_records(take);
  if (!is_open()) return;
  flush();
  while (is_open()) {
    auto received = read_socket();
    if (!received || received->empty()) return;
    take_in(*received, take);
    if (received->size() < room_.size()) return;
  }
}

/// What has come; empty when there is nothing yet. Nothing when nothing can come any more: the reason is noted.
std::optional<Octets> ServerConnection::read_socket() {
  ssize_t size = recv(socket_.number(), room_.data(), room_.size(), 0);
  if (size > 0) return Octets(room_).first(static_cast<size_t>(size));
  if (size < 0 && is_not_yet(errno)) return Octets();
  if (size == 0) close("the server closed the connection");
  else end("the connection failed: " + std::string(std::strerror(errno)));
  return std::nullopt;
}

void ServerConnection::take_in(Octets received, const Take& take) {
  if (session_ == nullptr) return cut(received, take);
  session_->feed(received);
  take_records(take);
}

void ServerConnection::take_records(const Take& take) {
  std::array<uint8_t, room_size> clear;
  while (is_open()) {
    TlsSession::Read read = session_->read(clear, out_);
    switch (read.step) {
      case TlsSession::Step::Done: cut(Octets(clear).first(read.size), take); break;
      case TlsSession::Step::WantsMore: return flush();
      case TlsSession::Step::Ended: return close("the server closed the connection");
      // In TLS 1.3 a server looks at the client's certificate when the client thinks that all hands are shaken.
      case TlsSession::Step::Failed:
        flush();
        is_broken_ = true;
        return end("the server ended the session: " + session_->why());
    }
  }
}

void ServerConnection::cut(Octets clear, const Take& take) {
  auto outcome = framer_.receive(clear, [&](Octets packet) {
    if (is_open()) take(packet);
    return true;
  });
  // RFC 6613 §2.6.4: where no border can be found any more, the connection ends.
  if (outcome == StreamFramer::Outcome::TooShort) end("the server sends what is no packet: its Length is below 20");
  if (outcome == StreamFramer::Outcome::TooLong) end("the server sends a packet that is longer than 4096 octets");
}

}  // namespace radhost
