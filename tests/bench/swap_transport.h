// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "cli/load_connections.h"
#include "cli/load_sockets.h"

namespace radhost {

/// How requests go.
struct Transport {
  std::shared_ptr<const TlsContext> tls;  // none: UDP
  bool is_1_1 = false;

  static Transport parse(const std::string& text) {
    size_t colon = text.find(':');
    std::string name = text.substr(0, colon);
    if (text == "udp") return {};
    if (colon == std::string::npos || (name != "tls" && name != "tls11"))
      throw std::runtime_error(text + " is none of udp, tls:FOLDER and tls11:FOLDER");
    std::string folder = text.substr(colon + 1) + "/";
    bool is_1_1 = name == "tls11";
    TlsContext::ClientOptions options;
    options.files = {folder + "client.pem", folder + "client.key", folder + "ca.pem", {}};
    options.versions = {!is_1_1, is_1_1};
    auto made = TlsContext::for_client(options);
    if (!made.ok()) throw std::runtime_error(made.error().why);
    return {*made, is_1_1};
  }

  std::unique_ptr<LoadPorts> open(const SocketAddress& server) const {
    if (tls == nullptr) return std::make_unique<LoadSockets>(LoadSockets::Options{server, ports, 0});
    ServerConnection::Options options{server, tls, server.address.to_text(), 10000};
    auto connections = std::make_unique<LoadConnections>(options, ports);
    std::string why = connections->open_all(never);
    if (!why.empty()) throw std::runtime_error(why);
    return connections;
  }

  static constexpr size_t ports = 64;  ///< to each listener
  static constexpr std::sig_atomic_t never = 0;
};

}  // namespace radhost
