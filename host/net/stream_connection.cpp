// SPDX-License-Identifier: Apache-2.0
#include "net/stream_connection.h"

#include <algorithm>

#include "base/clock.h"

namespace radhost {
namespace {

/// How long the other end may take to read the last octets, and to close.
constexpr uint64_t linger_ns = 2'000'000'000;
/// Of this server's own accord; it may be waited for.
constexpr uint64_t drained_linger_ns = 500'000'000;
/// How many may be in their last moments at once; all others have none.
constexpr size_t lingering_max = 256;
/// How much of what still comes meanwhile is read.
constexpr size_t thrown_away_max = 262144;
/// Answers to what is in hand come though nothing is read any more; but no more than so many times what may wait.
constexpr size_t buffered_at_most = 4;
constexpr size_t spare_rooms = 64;

StreamEnd end_of(const TlsSession& tls) {
  switch (tls.refusal()) {
    case TlsSession::Refusal::UnknownClient: return StreamEnd::UnknownClient;
    case TlsSession::Refusal::WrongAddress: return StreamEnd::WrongAddress;
    case TlsSession::Refusal::NoCommonVersion: return StreamEnd::NoCommonVersion;
    case TlsSession::Refusal::None: break;
  }
  return tls.is_certificate_bad() ? StreamEnd::BadCertificate : StreamEnd::HandshakeFailed;
}

}  // namespace

StreamConnection::StreamConnection(const Parts& parts, const SocketAddress& peer)
    : parts_(parts), peer_(peer), speaks_tls_(parts.handler.terms().tls != nullptr) {
  handle_.data = connect_.data = write_.data = shutdown_.data = this;
}

StreamConnection::~StreamConnection() = default;

StreamConnection* StreamConnection::begin(const Parts& parts, Descriptor socket, const SocketAddress& peer) {
  auto* connection = new StreamConnection(parts, peer);
  parts.rooms.connections.insert(connection);
  uv_tcp_init(&parts.loop, &connection->handle_);
  bool is_opened = uv_tcp_open(&connection->handle_, socket.number()) == 0;
  if (is_opened) socket.take();
  connection->since_ns_ = monotonic_ns();
  connection->start(is_opened);
  return connection;
}

void StreamConnection::start(bool is_opened) {
  if (!is_opened) {
    end(StreamEnd::PeerReset);
    return drop();
  }
  begin_speaking();
}

StreamConnection* StreamConnection::connect(const Parts& parts, const SocketAddress& server, std::string server_name) {
  auto* connection = new StreamConnection(parts, server);
  parts.rooms.connections.insert(connection);
  uv_tcp_init(&parts.loop, &connection->handle_);
  connection->is_client_ = true;
  connection->server_name_ = std::move(server_name);
  connection->connect();
  return connection;
}

void StreamConnection::connect() {
  since_ns_ = monotonic_ns();
  parts_.timers.start(watch_, since_ns_ + parts_.handler.terms().handshake_timeout_ns);
  sockaddr_storage storage{};
  peer_.to_system(storage, peer_.address.family);
  int error = uv_tcp_connect(&connect_, &handle_, reinterpret_cast<const sockaddr*>(&storage), connected);
  if (error != 0) end(StreamEnd::PeerReset, uv_strerror(error));
}

void StreamConnection::connected(uv_connect_t* connect, int status) {
  auto& connection = *static_cast<StreamConnection*>(connect->data);
  if (connection.has_ended_) return;
  if (status != 0) return connection.end(StreamEnd::PeerReset, uv_strerror(status));
  connection.begin_speaking();
  connection.flush();
}

void StreamConnection::begin_speaking() {
  is_connected_ = true;
  uv_tcp_nodelay(&handle_, 1);
  sockaddr_storage storage{};
  int size = sizeof storage;
  if (uv_tcp_getsockname(&handle_, reinterpret_cast<sockaddr*>(&storage), &size) == 0)
    local_ = SocketAddress::from(storage);
  const StreamTerms& terms = parts_.handler.terms();
  if (terms.tls == nullptr) {
    open();
  } else if (is_client_) {
    tls_ = std::make_unique<TlsSession>(terms.tls, server_name_);
    shake_hands();
  } else {
    tls_ = std::make_unique<TlsSession>(terms.tls, terms.policy, peer_.address);
    parts_.timers.start(watch_, since_ns_ + terms.handshake_timeout_ns);
  }
  pause_or_read();
}

/// From now on it may speak.
void StreamConnection::open() {
  is_open_ = true;
  since_ns_ = monotonic_ns();
  uint64_t idle_ns = parts_.handler.terms().idle_timeout_ns;
  if (idle_ns != 0) parts_.timers.start(watch_, since_ns_ + idle_ns);
  else parts_.timers.stop(watch_);
  if (auto why = parts_.handler.opened(*this)) end(*why);
}

/// Reads only where there is room for what comes of it.
void StreamConnection::pause_or_read() {
  bool has_room = has_ended_ || !is_full();
  bool is_stopped = !has_ended_ && (is_held_ || is_last_);
  bool wants = !is_closing_ && !is_stopped && has_room && !has_all_;
  if (wants == is_reading_) return;
  is_reading_ = wants;
  auto* stream = reinterpret_cast<uv_stream_t*>(&handle_);
  if (!wants) uv_read_stop(stream);
  else if (uv_read_start(stream, give_room, read) != 0) end(StreamEnd::PeerReset);
}

void StreamConnection::stop_reading() {
  is_last_ = true;
  pause_or_read();
}

void StreamConnection::give_room(uv_handle_t* handle, size_t, uv_buf_t* room) {
  auto& rooms = static_cast<StreamConnection*>(handle->data)->parts_.rooms;
  *room = uv_buf_init(reinterpret_cast<char*>(rooms.received.data()), static_cast<unsigned>(rooms.received.size()));
}

void StreamConnection::read(uv_stream_t* stream, ssize_t size, const uv_buf_t* room) {
  auto& connection = *static_cast<StreamConnection*>(stream->data);
  if (size == 0) return;
  if (size < 0) {
    connection.has_all_ = true;
    connection.end(size == UV_EOF ? StreamEnd::PeerClosed : StreamEnd::PeerReset);
    // Who has said all may still read what waits for it.
    if (size != UV_EOF || connection.buffered() == 0) return connection.drop();
    uv_read_stop(stream);
    return;
  }
  if (connection.has_ended_) {
    connection.thrown_away_ += static_cast<size_t>(size);
    if (connection.thrown_away_ > thrown_away_max) connection.drop();
    return;
  }
  connection.receive({reinterpret_cast<const uint8_t*>(room->base), static_cast<size_t>(size)});
  connection.flush();
  connection.go_on();
}

void StreamConnection::receive(Octets octets) {
  if (tls_ == nullptr) {
    since_ns_ = monotonic_ns();
    return receive_clear(octets);
  }
  tls_->feed(octets);
  if (!is_open_) shake_hands();
  // What came with the handshake's end is read at once.
  if (is_open_) read_tls();
}

void StreamConnection::shake_hands() {
  TlsSession::Step step = tls_->handshake(waiting_);
  if (step == TlsSession::Step::WantsMore) return;
  if (step == TlsSession::Step::Done) return open();
  end(end_of(*tls_), tls_->why());
}

void StreamConnection::read_tls() {
  while (!has_ended_) {
    auto [step, size] = tls_->read(parts_.rooms.clear, waiting_);
    if (step == TlsSession::Step::WantsMore) return;
    if (step == TlsSession::Step::Ended) return end(StreamEnd::PeerClosed);
    if (step == TlsSession::Step::Failed) return end(StreamEnd::PeerReset, tls_->why());
    since_ns_ = monotonic_ns();
    MutableOctets clear = MutableOctets(parts_.rooms.clear).first(size);
    receive_clear(clear);
    wipe(clear);  // passwords
  }
}

void StreamConnection::receive_clear(Octets octets) {
  judge(framer_.receive(octets, [this](Octets packet) { return take(packet); }));
}

/// Who does not take answers, is asked for no more questions.
bool StreamConnection::take(Octets packet) {
  if (is_full()) flush();
  if (has_ended_ || is_full()) return false;
  lacks_room_ = !parts_.handler.receive(*this, packet);
  return !lacks_room_;
}

bool StreamConnection::judge(StreamFramer::Outcome outcome) {
  if (has_ended_) return false;
  switch (outcome) {
    case StreamFramer::Outcome::WantsMore: is_held_ = false; break;
    case StreamFramer::Outcome::Held: is_held_ = true; break;
    case StreamFramer::Outcome::TooShort: end_unreadable(Discard::ShortPacket, "its Length is below 20"); break;
    case StreamFramer::Outcome::TooLong: end_unreadable(Discard::OversizedPacket, "its Length is above 4096"); break;
  }
  return !has_ended_;
}

void StreamConnection::end_unreadable(Discard reason, std::string_view detail) {
  parts_.handler.unreadable(*this, reason);
  end(StreamEnd::BadLength, detail);
}

void StreamConnection::resume() {
  lacks_room_ = false;
  go_on();
}

/// Offers what is held again, as long as answers to it have room.
void StreamConnection::go_on() {
  while (is_held_ && !lacks_room_ && !has_ended_ && !is_full()) {
    is_held_ = false;
    if (!judge(framer_.resume([this](Octets packet) { return take(packet); }))) return;
    flush();
  }
  pause_or_read();
}

void StreamConnection::send(Octets packet) {
  if (has_ended_) return;
  if (waiting_.capacity() == 0 && !parts_.rooms.spare.empty()) {
    waiting_ = std::move(parts_.rooms.spare.back());
    parts_.rooms.spare.pop_back();
  }
  if (tls_ == nullptr) waiting_.insert(waiting_.end(), packet.begin(), packet.end());
  else if (!tls_->write(packet, waiting_)) return end(StreamEnd::PeerReset, tls_->why());
  if (buffered() > parts_.handler.terms().max_buffered * buffered_at_most) end(StreamEnd::BufferFull);
}

void StreamConnection::flush() {
  if (waiting_.empty() || !writing_.empty() || is_closing_) return;
  auto* stream = reinterpret_cast<uv_stream_t*>(&handle_);
  uv_buf_t all = uv_buf_init(reinterpret_cast<char*>(waiting_.data()), static_cast<unsigned>(waiting_.size()));
  int sent = uv_try_write(stream, &all, 1);
  if (sent < 0 && sent != UV_EAGAIN) {
    waiting_.clear();
    end(StreamEnd::PeerReset, uv_strerror(sent));
    return drop();
  }
  auto done = static_cast<std::ptrdiff_t>(std::max(sent, 0));
  if (sent > 0) since_ns_ = monotonic_ns();
  if (static_cast<size_t>(done) == waiting_.size()) {
    waiting_.clear();
    return give_back_room();
  }
  writing_.assign(waiting_.begin() + done, waiting_.end());
  waiting_.clear();
  uv_buf_t rest = uv_buf_init(reinterpret_cast<char*>(writing_.data()), static_cast<unsigned>(writing_.size()));
  if (uv_write(&write_, stream, &rest, 1, written) == 0) return;
  writing_.clear();
  end(StreamEnd::PeerReset);
  drop();
}

void StreamConnection::written(uv_write_t* write, int status) {
  auto& connection = *static_cast<StreamConnection*>(write->data);
  connection.writing_.clear();
  if (connection.is_closing_) return;
  if (status != 0) {
    connection.waiting_.clear();
    connection.end(StreamEnd::PeerReset, uv_strerror(status));
    return connection.drop();
  }
  connection.since_ns_ = monotonic_ns();
  connection.flush();
  connection.give_back_room();
  if (connection.has_ended_) connection.finish_writing();
  connection.go_on();
}

/// Idle connections have no rooms.
void StreamConnection::give_back_room() {
  if (!waiting_.empty() || !writing_.empty()) return;
  std::vector<uint8_t>().swap(writing_);
  bool is_kept = parts_.rooms.spare.size() < spare_rooms && waiting_.capacity() <= StreamRooms::size;
  if (is_kept && waiting_.capacity() != 0) parts_.rooms.spare.push_back(std::move(waiting_));
  std::vector<uint8_t>().swap(waiting_);
}

void StreamConnection::end(StreamEnd why, std::string_view detail) {
  if (has_ended_) return;
  has_ended_ = true;
  parts_.timers.start(watch_, monotonic_ns() + (why == StreamEnd::Drained ? drained_linger_ns : linger_ns));
  parts_.handler.ended(*this, why, detail);
  is_held_ = false;
  if (!is_connected_) return drop();
  if (tls_ != nullptr) tls_->close(waiting_);
  flush();
  if (why == StreamEnd::PeerClosed && writing_.empty()) return drop();
  if (is_closing_) return;
  if (parts_.rooms.lingering >= lingering_max) return drop();
  is_lingering_ = true;
  ++parts_.rooms.lingering;
  finish_writing();
  pause_or_read();  // what still comes is read and thrown away: unread, it would cost the other end our last words
}

/// All has been handed to the system: nothing more comes from here.
void StreamConnection::finish_writing() {
  if (is_closing_ || !waiting_.empty() || !writing_.empty()) return;
  if (has_all_) return drop();
  uv_shutdown(&shutdown_, reinterpret_cast<uv_stream_t*>(&handle_), [](uv_shutdown_t*, int) {});
}

void StreamConnection::look_at_time() {
  if (has_ended_) return drop();
  if (!is_open_) return end(StreamEnd::HandshakeTimeout);
  uint64_t idle_ns = parts_.handler.terms().idle_timeout_ns;
  if (idle_ns == 0) return;
  uint64_t now_ns = monotonic_ns();
  if (parts_.handler.has_in_hand(*this)) since_ns_ = now_ns;
  if (now_ns >= since_ns_ + idle_ns) return end(StreamEnd::Idle);
  parts_.timers.start(watch_, since_ns_ + idle_ns);
}

void StreamConnection::go_by_new_terms() {
  if (is_open()) parts_.timers.start(watch_, monotonic_ns());
}

void StreamConnection::drop() {
  if (is_closing_) return;
  has_ended_ = true;
  is_closing_ = true;
  is_reading_ = false;
  parts_.timers.stop(watch_);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_), [](uv_handle_t* handle) {
    auto* connection = static_cast<StreamConnection*>(handle->data);
    connection->parts_.rooms.connections.erase(connection);
    if (connection->is_lingering_) --connection->parts_.rooms.lingering;
    if (connection->parts_.owner != nullptr) connection->parts_.owner->gone(*connection);
    delete connection;
  });
}

}  // namespace radhost
