// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <thread>

#include "control/control_plane.h"
#include "server/assembly.h"
#include "server/handover_channel.h"
#include "server/handover_messages.h"

namespace radhost {

/// The other side of a Handover: this process takes over from a running server. The main thread.
class Takeover {
 public:
  /// `socket`: connected to the running server, which has been asked. The error says why it does not let go.
  static Result<std::unique_ptr<Takeover>, std::string> begin(Descriptor socket);
  Takeover(const Takeover&) = delete;
  Takeover& operator=(const Takeover&) = delete;
  ~Takeover();

  /// What the running server serves.
  const HandoverOffer& offer() const { return offer_; }

  /// Adds the sockets of what is `open` to those that were bound, and wishes for them; closes all others. Gives what is
  /// served with these.
  std::vector<OpenAddress> give_sockets(const std::vector<OpenAddress>& open, std::vector<WorkerPorts>& by_worker);
  /// Wishes for sockets of the control plane.
  void wish_control(bool control, bool metrics);

  /// All has started that serves: has the other one let go, and learns what it knows, by worker. Gives the reason when
  /// that cannot be; then the other one goes on.
  std::string take(const Assembly& assembly, std::vector<Inheritance>& inheritances);
  /// All is ready to receive, and has to do so at once when this has succeeded: the other one does not any more. Gives the
  /// reason when it does.
  std::string confirm();

  /// After that, waits for the control plane's sockets, and adds those that were wished for. Gives the reason where they
  /// do not come.
  std::string take_control(ControlPorts& ports, const std::string& path);

  /// Hears out the other one, on a thread of its own. `gone`: called there once when it is gone, with what it has answered
  /// since, by worker.
  void follow(std::function<void(std::vector<RecordsByAddress>)> gone);

 private:
  explicit Takeover(Descriptor socket) : channel_(std::move(socket)) {}
  std::string receive_offer();
  /// Has all come that was waited for? If not: why not; empty where the time was over.
  struct Learnt {
    bool is_all = false;
    std::string why;
  };
  Learnt learn_until(HandoverChannel::Sort last, std::vector<Inheritance>& inheritances, uint64_t by_ns = UINT64_MAX);
  bool learn(Octets octets, std::vector<Inheritance>& inheritances) const;
  void hear_out(const std::function<void(std::vector<RecordsByAddress>)>& gone);

  /// One address of the other server's.
  struct Sockets {
    std::vector<Descriptor> by_worker;
    HandoverSockets known;
  };

  HandoverChannel channel_;
  HandoverOffer offer_;
  std::vector<Sockets> sockets_;  // in the offer's order
  std::vector<Descriptor> relays_;
  HandoverWishes wishes_;
  std::thread thread_;
};

}  // namespace radhost
