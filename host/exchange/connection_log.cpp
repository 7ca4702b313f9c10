// SPDX-License-Identifier: Apache-2.0
#include "exchange/connection_log.h"

namespace radhost {
namespace {

/// What the other end, or this server, did in the course of things.
bool is_usual(StreamEnd why) {
  return why == StreamEnd::PeerClosed || why == StreamEnd::PeerReset || why == StreamEnd::Idle ||
         why == StreamEnd::Drained;
}

}  // namespace

/// RFC 9765 §3.3 wants to be known which version it came to.
void ConnectionLog::opened(const ListenerRecord& listener, const ClientConnection& connection) {
  const TlsSession* tls = connection.stream->tls();
  bool is_worth_a_line = tls != nullptr || log_.enabled(LogLevel::Debug);
  if (!is_worth_a_line) return;
  std::string_view protocol = tls == nullptr ? std::string_view() : tls->protocol();
  log_.write(tls != nullptr ? LogLevel::Info : LogLevel::Debug, "connection",
             {{"listener", listener.name},
              {"client", connection.record.name},
              {"peer", connection.stream->peer().to_text()},
              {"identity", connection.identity},
              {"tls", tls == nullptr ? std::string_view("none") : tls->tls_version()},
              {"alpn", protocol.empty() ? std::string_view("none") : protocol},
              {"radius", connection.link.is_1_1() ? "1.1" : "1.0"}});
}

void ConnectionLog::ended(const ListenerRecord& listener, const SocketAddress& peer, std::string_view client,
                          StreamEnd why, std::string_view detail) {
  LogLevel level = why == StreamEnd::PeerClosed ? LogLevel::Debug : is_usual(why) ? LogLevel::Info : LogLevel::Warn;
  if (!log_.enabled(level)) return;
  LogLimit& limit = limits_[static_cast<size_t>(why)];
  bool is_each = log_.enabled(LogLevel::Debug);
  if (!is_each && !limit.passes()) return;
  log_.write(level, "connection ended",
             {{"reason", to_word(why)},
              {"listener", listener.name},
              {"client", client.empty() ? std::string_view("-") : client},
              {"peer", peer.to_text()},
              {"why", detail},
              {"more_like_it", limit.take_unlogged()}});
}

}  // namespace radhost
