// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/log.h"
#include "base/log_limit.h"
#include "exchange/client_connection.h"
#include "exchange/listener.h"

namespace radhost {

/// The one place where connections are logged: each client that has proven who it is, and, of each sort of end, one a
/// second, with how many more there were; each at debug. One worker's.
class ConnectionLog {
 public:
  explicit ConnectionLog(Log& log) : log_(log) {}

  void opened(const ListenerRecord& listener, const ClientConnection& connection);
  /// `client`: empty where nobody has been recognised.
  void ended(const ListenerRecord& listener, const SocketAddress& peer, std::string_view client, StreamEnd why,
             std::string_view detail);

 private:
  Log& log_;
  std::array<LogLimit, stream_end_count> limits_{};
};

}  // namespace radhost
