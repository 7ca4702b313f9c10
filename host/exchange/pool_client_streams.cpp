// SPDX-License-Identifier: Apache-2.0
// How a pool's client deals with servers that are reached over TCP and TLS.
#include "base/clock.h"
#include "exchange/pool_client.h"
#include "plugin/instance.h"

namespace radhost {

void PoolClient::close_connections() {
  for (const std::unique_ptr<HomeLink>& link : links_)
    if (link != nullptr) link->close();
}

/// What a request that is written now is hidden with, nullptr for nothing. Where it waits for a connection, nobody
/// knows yet which version of RADIUS that will speak: then it stays as it was received.
const SharedSecret* PoolClient::secret_for(const Outbound& request, bool is_clear) const {
  const HomeServer& server = server_of(request);
  if (request.connection != nullptr) return request.connection->is_1_1() ? nullptr : &server.secret;
  bool waits = request.port == nullptr;
  bool is_certain = waits && server.tls != nullptr && !server.tls->versions().has_1_0;
  return waits && (is_clear || is_certain) ? nullptr : &server.secret;
}

void PoolClient::begin_waiting(Outbound& request) {
  parts_.timers.start(request, request.retransmission.wait(monotonic_ns(), random()));
}

/// RFC 6613 §2.6.1: a packet of its own over each connection; nothing is ever sent twice over one.
void PoolClient::dispatch(Outbound& request, HomeConnection& connection) {
  if (request.connection == nullptr) {
    request.connection = &connection;
    request.identifier = connection.requests().take(request);
  }
  const SharedSecret* secret = connection.is_1_1() ? nullptr : &server_of(request).secret;
  if (request.was_sent || request.hidden_with != secret) {
    SecretChange change{request.hidden_with, secret, salts_};
    // What does not fit another version's packet goes nowhere.
    if (readdress(request.packet, change, request.call.owner->instance->dictionary().root(), readdressed_))
      return finish(request, RADIUS_ERR_TIMEOUT, Code{}, nullptr);
    request.hidden_with = secret;
  }
  request.retransmission.begin_anew();
  transmit(request, true);
}

/// Nothing is sent again over a connection (RFC 6613 §2.6.1): the time alone is over.
void PoolClient::expired_on_stream(Outbound& request, uint64_t now_ns) {
  bool was_transmitted = request.connection != nullptr;
  bool is_over = request.retransmission.is_over(now_ns);
  bool moves = request.attempts >= parts_.pool->config.attempts_per_server;
  if ((is_over || moves) && was_transmitted && !std::exchange(request.was_missed, true))
    note_unanswered(request, now_ns);
  if (is_over) return finish(request, RADIUS_ERR_TIMEOUT, Code{}, nullptr);
  if (moves && try_another(request)) return;
  ++request.attempts;
  begin_waiting(request);
}

void PoolClient::reassign(Outbound& request) {
  uint64_t now = monotonic_ns();
  if (request.retransmission.is_over(now)) return finish(request, RADIUS_ERR_TIMEOUT, Code{}, nullptr);
  if (try_another(request)) return;
  size_t server = request.server;
  leave(request, false);
  take_place(request, server, false);
  if (request.connection != nullptr) dispatch(request, *request.connection);
}

void PoolClient::receive(Outbound& request, const Packet& answer) {
  HomeConnection& connection = *request.connection;
  if (!accepts(connection, answer, request.packet)) return;
  connection.note_answer();
  settle(request, answer);
}

bool PoolClient::accepts(HomeConnection& connection, const Packet& answer, const OutboundPacket& request) {
  size_t number = connection.server_number();
  const HomeServer& server = parts_.pool->servers[number];
  const SharedSecret* secret = connection.is_1_1() ? nullptr : &server.secret;
  auto reason = check_answer(answer, request, rules_for(server, secret));
  if (!reason) return true;
  counters_of(number).bad(*reason).add();
  // RFC 6613 §2.6.4: whoever forged one may have forged all.
  if (*reason == BadAnswer::BadAuthenticator) connection.end(StreamEnd::BadAuthenticator, "an answer is forged");
  if (*reason == BadAnswer::BadMessageAuthenticator)
    connection.end(StreamEnd::BadMessageAuthenticator, "an answer is forged");
  return false;
}

}  // namespace radhost
