// SPDX-License-Identifier: Apache-2.0
#include "exchange/home_connection.h"

#include "base/clock.h"
#include "exchange/answer_check.h"
#include "exchange/home_link.h"
#include "exchange/pool_client.h"
#include "packet/radius_version.h"

namespace radhost {
namespace {

uint32_t random_token() {
  std::array<uint8_t, 4> octets;
  fill_random(octets);
  return get_uint32be(octets);
}

}  // namespace

HomeConnection::HomeConnection(HomeLink& link)
    : link_(link), watchdog_(uint64_t{link.parts().pool->config.watchdog_ms} * 1000000) {
  const HomeLink::Parts& parts = link.parts();
  StreamConnection::Parts stream{parts.loop, parts.timers, parts.rooms, *this, nullptr};
  StreamConnection* made = StreamConnection::connect(stream, link.server().address, link.server().tls_name);
  if (!has_ended_) stream_ = made;
}

HomeConnection::~HomeConnection() {
  if (stream_ != nullptr) stream_->end(StreamEnd::Drained);
  link_.parts().timers.stop(*this);
}

const StreamTerms& HomeConnection::terms() const { return link_.terms(); }

size_t HomeConnection::server_number() const { return link_.parts().server; }

void HomeConnection::send(Octets packet) {
  if (stream_ != nullptr) stream_->send(packet);
  if (stream_ != nullptr) stream_->flush();
}

void HomeConnection::end(StreamEnd why, std::string_view detail) {
  if (stream_ != nullptr) stream_->end(why, detail);
}

std::optional<StreamEnd> HomeConnection::opened(StreamConnection& connection) {
  if (const TlsSession* tls = connection.tls(); tls != nullptr) {
    auto version = tls->radius_version();
    // RFC 9765 §3.3: a server that does not speak what is required is not spoken to.
    if (!version) return StreamEnd::NoCommonVersion;
    // RFC 9765 §4.2.1: Tokens are counted from a random number on.
    if (*version == radius_1_1) requests_ = ConnectionRequests(random_token(), link_.parts().requests_max);
  }
  stream_ = &connection;
  is_open_ = true;
  link_.parts().counters.connections_opened.add();
  link_.parts().counters.connections.add();
  tell_opened();
  act(watchdog_.opened(link_.was_down(), monotonic_ns(), link_.random()));
  if (has_ended_) return std::nullopt;
  if (watchdog_.is_running()) link_.parts().timers.start(*this, watchdog_.due_ns());
  if (watchdog_.is_okay()) link_.note_okay();
  link_.look_soon();
  return std::nullopt;
}

void HomeConnection::ended(StreamConnection&, StreamEnd why, std::string_view detail) {
  has_ended_ = true;
  stream_ = nullptr;
  bool is_in_course = why == StreamEnd::Drained || (why == StreamEnd::PeerClosed && requests_.count() == 0);
  is_quiet_ = is_open_ && watchdog_.is_okay() && is_in_course;
  const HomeLink::Parts& parts = link_.parts();
  parts.timers.stop(*this);
  HomeServerCounters& counters = parts.counters;
  if (is_open_) counters.connections.subtract();
  else if (why != StreamEnd::Drained) counters.connections_failed.add();
  bool is_usual = why == StreamEnd::Drained || is_quiet_;
  parts.log.write(
      is_usual ? LogLevel::Debug : LogLevel::Warn,
      is_open_ ? "a connection to a home server has ended" : "cannot connect to a home server",
      {{"pool", parts.pool->name()}, {"server", link_.server().name}, {"reason", to_word(why)}, {"why", detail}});
  link_.look_soon();
}

/// RFC 9765 §3.3 wants to be known which version it came to.
void HomeConnection::tell_opened() const {
  const TlsSession* tls = stream_->tls();
  const HomeLink::Parts& parts = link_.parts();
  parts.log.info("connected to a home server", {{"pool", parts.pool->name()},
                                                {"server", link_.server().name},
                                                {"tls", tls == nullptr ? std::string_view("none") : tls->tls_version()},
                                                {"radius", is_1_1() ? "1.1" : "1.0"}});
}

void HomeConnection::expired() {
  act(watchdog_.expired(monotonic_ns(), link_.random()));
  if (stream_ != nullptr) link_.parts().timers.start(*this, watchdog_.due_ns());
}

void HomeConnection::act(ConnectionWatchdog::Action action) {
  const HomeLink::Parts& parts = link_.parts();
  switch (action) {
    case ConnectionWatchdog::Action::None: break;
    case ConnectionWatchdog::Action::Send: send_watchdog(); break;
    case ConnectionWatchdog::Action::Suspend:
      parts.counters.watchdog_expiries.add();
      parts.log.warn("a home server does not answer Status-Server: others are asked",
                     {{"pool", parts.pool->name()}, {"server", link_.server().name}});
      link_.look_soon();
      break;
    case ConnectionWatchdog::Action::Close:
      parts.counters.watchdog_expiries.add();
      end(StreamEnd::Idle, "it does not answer Status-Server");
      break;
  }
}

/// RFC 3539 §3.4.1, RFC 6613 §2.6: Status-Server is the watchdog's packet. Never sent again.
void HomeConnection::send_watchdog() {
  encode_status_server(is_1_1(), status_server_);
  status_server_number_ = requests_.take_for_watchdog();
  if (is_1_1()) status_server_.label(*status_server_number_);
  else status_server_.sign(0, link_.server().secret);
  link_.parts().counters.probes.add();
  send(status_server_.written());
}

bool HomeConnection::receive(StreamConnection&, Octets octets) {
  HomeServerCounters& counters = link_.parts().counters;
  auto packet = Packet::decode(octets);
  if (!packet.ok()) {
    counters.bad(BadAnswer::Malformed).add();
    // RFC 6613 §2.6.4: what cannot be understood ends a connection; a Code that is not known is only ignored.
    if (packet.error() != Discard::UnknownCode) end(StreamEnd::MalformedAttribute, "an answer is malformed");
    return true;
  }
  uint32_t number = is_1_1() ? get_uint32be(packet->authenticator()) : packet->identifier();
  if (status_server_number_ == number) {
    receive_watchdog_answer(*packet);
  } else if (Outbound* request = requests_.find(number)) {
    link_.parts().client.receive(*request, *packet);
  } else {
    counters.bad(requests_.was_used(number) ? BadAnswer::Late : BadAnswer::Unsolicited).add();
    requests_.answered_late(number);
    link_.look_soon();
  }
  return true;
}

void HomeConnection::unreadable(StreamConnection&, Discard) { link_.parts().counters.bad(BadAnswer::Malformed).add(); }

void HomeConnection::receive_watchdog_answer(const Packet& answer) {
  const HomeLink::Parts& parts = link_.parts();
  if (!parts.client.accepts(*this, answer, status_server_)) return;
  parts.counters.probe_answers.add();
  status_server_number_.reset();
  link_.note_answer();
  bool was_in_doubt = watchdog_.watchdog_answered(monotonic_ns(), link_.random());
  parts.timers.start(*this, watchdog_.due_ns());
  if (was_in_doubt) link_.note_okay();
}

void HomeConnection::note_answer() {
  bool was_suspended = watchdog_.state() == ConnectionWatchdog::State::Suspect;
  watchdog_.answered(monotonic_ns(), link_.random());
  if (watchdog_.is_running()) link_.parts().timers.start(*this, watchdog_.due_ns());
  link_.note_answer();
  if (was_suspended) link_.note_okay();
}

}  // namespace radhost
