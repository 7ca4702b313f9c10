// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <unordered_map>
#include <vector>

#include "cli/server_connection.h"
#include "packet/code.h"

namespace radhost {

/// What somebody thinks of a packet that came back.
enum class Judgement : uint8_t {
  Answer,
  Ignored,  ///< the answer may still come
  Forged    ///< it was not made by who knows the secret, or is no packet
};

/// A plain client over one connection: sends packets, many at once, and hands over what comes back, in any order.
/// Sends nothing twice, which a reliable connection makes needless (RFC 6613 §2.6.1).
class StreamClient {
 public:
  // Conformance TRN-4: 256 Identifiers, of which 0 is kept for Status-Server.
  static constexpr size_t parallel_max_1_0 = 255;
  static constexpr size_t parallel_max_1_1 = 65536;

  struct Options {
    Code code = Code::AccessRequest;  ///< of all requests
    uint32_t timeout_ms = 3000;       ///< of each request
    size_t parallel = 1;              ///< requests outstanding at once, at most the above
  };
  /// Borrows the connection.
  StreamClient(ServerConnection& connection, const Options& options);

  /// Makes request number `number`, for the connection's version, with this Identifier or, in RADIUS/1.1, this Token.
  using Make = std::function<std::vector<uint8_t>(size_t number, uint32_t id)>;
  /// Judges what came back for request number `number`. What is forged ends the connection (RFC 6613 §2.6.4).
  using Take = std::function<Judgement(size_t number, Octets answer)>;

  /// Sends `count` requests, as long as there is a connection. Gives the numbers of those that nobody answered.
  std::vector<size_t> exchange(size_t count, const Make& make, const Take& take);

  /// How many packets came that answer nothing, or came too late.
  size_t strays() const { return strays_; }

 private:
  struct Outstanding {
    size_t number;
    uint64_t deadline_ns;
  };
  /// A request as it was when it was sent; the Identifier may be another one's by now.
  struct Sent {
    uint32_t id;
    uint64_t deadline_ns;
  };
  bool is_outstanding(const Sent& sent) const;
  bool has_id() const;
  uint32_t take_id();
  void transmit(size_t number, const Make& make);
  void receive(const Take& take);
  void judge(Octets packet, const Take& take);
  void expire(std::vector<size_t>& unanswered);

  ServerConnection& connection_;
  Options options_;
  std::deque<uint8_t> identifiers_;  // that may be used; the one that was used longest ago first
  uint32_t next_token_ = 0;
  std::unordered_map<uint32_t, Outstanding> outstanding_;  // by Identifier or Token
  std::deque<Sent> sent_;                                  // in this order; some of them answered meanwhile
  size_t strays_ = 0;
};

}  // namespace radhost
