// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/descriptor.h"
#include "base/octets.h"

namespace radhost {

/// What a load goes over: sockets or connections, each with Identifiers of its own. One thread; it waits in wait()
/// alone. Times are of the monotonic clock, in nanoseconds.
class LoadPorts {
 public:
  /// Who takes what comes back.
  class Taker {
   public:
    /// A packet, or what should be one. False: it was not made by who knows the secret, which ends a connection
    /// (RFC 6613 §2.6.4).
    virtual bool take(size_t port, Octets octets, uint64_t now_ns) = 0;
    /// A connection has ended, and with it what was sent there.
    virtual void closed(size_t port) = 0;

   protected:
    ~Taker() = default;
  };

  virtual ~LoadPorts() = default;
  LoadPorts(const LoadPorts&) = delete;
  LoadPorts& operator=(const LoadPorts&) = delete;

  virtual size_t count() const = 0;
  /// Can packets be sent there now?
  virtual bool can_send(size_t port) const = 0;
  /// Sends packets, at most batch_max.
  virtual void send(size_t port, std::span<const Octets> packets) = 0;
  /// Has nothing been open for so long that nothing will be?
  virtual bool are_given_up(uint64_t /*now_ns*/) const { return false; }

  /// Waits until something comes, but no longer than `until_ns`; then hands it over.
  void wait(uint64_t now_ns, uint64_t until_ns, Taker& taker);

  static constexpr size_t batch_max = 64;

 protected:
  /// Throws std::runtime_error when the system has none, and so does watch().
  LoadPorts();

  /// Begins to watch a port's descriptor; `events` as of epoll. `watch_for` changes them.
  void watch(size_t port, int fd, uint32_t events);
  void watch_for(size_t port, int fd, uint32_t events);

  /// Something has come there, or can go.
  virtual void ready(size_t port, Taker& taker) = 0;
  /// Looks at what has its time, before and after a wait; when it wants to look again, UINT64_MAX for never.
  virtual uint64_t look_at_time(uint64_t /*now_ns*/, Taker& /*taker*/) { return UINT64_MAX; }

 private:
  Descriptor epoll_;
};

}  // namespace radhost
