// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/octets.h"

namespace radhost {

/// A plain client over one UDP socket: sends packets, retransmits the same octets, and hands over what comes back.
class UdpClient {
 public:
  struct Options {
    SocketAddress server;
    uint32_t timeout_ms = 3000;  ///< of each transmission
    uint32_t retries = 2;        ///< retransmissions after the first
    size_t parallel = 1;         ///< requests outstanding at once, at most 256
  };
  /// Throws std::runtime_error when no socket can be had.
  explicit UdpClient(const Options& options);
  UdpClient(const UdpClient&) = delete;
  UdpClient& operator=(const UdpClient&) = delete;
  ~UdpClient();

  /// Makes request number `number` with this Identifier.
  using Make = std::function<std::vector<uint8_t>(size_t number, uint8_t identifier)>;
  /// Judges what came back for request number `number`. True when it is a valid answer; the client goes on waiting
  /// otherwise.
  using Take = std::function<bool(size_t number, Octets answer)>;

  /// Sends `count` requests. Gives the numbers of those that nobody answered.
  std::vector<size_t> exchange(size_t count, const Make& make, const Take& take);

 private:
  struct Outstanding;
  void transmit(Outstanding& request);
  void receive(std::vector<Outstanding>& outstanding, const Take& take);

  Options options_;
  int fd_;
};

}  // namespace radhost
