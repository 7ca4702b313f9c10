// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/service_manager.h"
#include "server/inheritance.h"
#include "server/listener_ports.h"

namespace radhost {

// What the messages of a HandoverChannel hold. Each is written as text or octets, and read back; nothing comes of what
// makes no sense.

/// Sort::Hello.
struct HandoverHello {
  int version = 0;      ///< HandoverChannel::version
  std::string program;  ///< its version, for people

  std::string to_text() const;
  static std::optional<HandoverHello> parse(std::string_view text);
};

/// Sort::Offer.
struct HandoverOffer {
  std::string program;
  int pid = 0;  ///< the listening socket's own may be that of a server before
  size_t workers = 0;
  uint32_t epoch = 0;                  ///< of its conversations
  std::vector<OpenAddress> addresses;  ///< Sockets follow for each, in this order
  std::string control;                 ///< its control socket's path; empty without one
  std::string metrics;                 ///< the address that its configuration names; empty without one
  ServiceManager service_manager;      ///< which may not have started the one that takes over

  std::string to_text() const;
  static std::optional<HandoverOffer> parse(std::string_view text);
};

/// Sort::Sockets: by worker, what is known of them.
struct HandoverSockets {
  std::vector<HandoverSocket> by_worker;

  std::string to_text() const;
  static std::optional<HandoverSockets> parse(std::string_view text);
};

/// Sort::Ready: what is taken of what was offered. Sort::Left: what of the control plane is given.
struct HandoverWishes {
  std::vector<Endpoint> addresses;  ///< bound ones
  bool control = false;
  bool metrics = false;

  std::string to_text() const;
  static std::optional<HandoverWishes> parse(std::string_view text);
};

/// Sort::Records: one worker's.
struct HandoverRecords {
  size_t worker = 0;
  RecordsByAddress records;

  std::vector<uint8_t> to_octets() const;
  static std::optional<HandoverRecords> parse(Octets octets);
};

}  // namespace radhost
