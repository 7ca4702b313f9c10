// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "server/worker.h"

namespace radhost {

/// Something that is done again and again, once it is started.
class Repeated : public TimerQueue::Timer {
 public:
  Repeated(TimerQueue& timers, uint64_t every_ns, std::function<void()> action)
      : timers_(timers), every_ns_(every_ns), action_(std::move(action)) {}
  ~Repeated() override { stop(); }

  void start() { timers_.start(*this, monotonic_ns() + every_ns_); }
  void stop() { timers_.stop(*this); }

 private:
  void expired() override {
    action_();
    start();
  }

  TimerQueue& timers_;
  uint64_t every_ns_;
  std::function<void()> action_;
};

/// The other end of what the process that takes over passes on.
struct WatchedRelay final : FdWatcher::Listener {
  WatchedRelay(RelaySocket its_socket, FdWatcher& fds, std::function<void()> its_receiver)
      : socket(std::move(its_socket)), receive(std::move(its_receiver)) {
    FdWatcher::Error error = FdWatcher::Error::None;
    watch = fds.watch(socket.fd(), FdWatcher::readable, *this, error);
  }
  void ready(uint32_t) override { receive(); }

  RelaySocket socket;
  std::function<void()> receive;
  std::unique_ptr<FdWatcher::Watch> watch;  // ends before the socket
};

/// What a worker has while it serves.
struct Worker::Serving {
  static constexpr uint64_t sweep_ns = 1'000'000'000;
  static constexpr uint64_t drain_step_ns = 20'000'000;
  /// How often jobs are asked that are not done.
  static constexpr uint64_t job_step_ns = 5'000'000;

  Serving(const Pipeline::Parts& parts, Conversations& conversations, Store& store)
      : pipeline(parts),
        sweep(parts.timers, sweep_ns,
              [&] {
                conversations.expire(monotonic_ns());
                store.expire(monotonic_ns());
              }),
        drain_step(parts.timers, drain_step_ns, [this] { end_idle_connections(); }),
        close_step(parts.timers, drain_step_ns, [] {}),
        job_step(parts.timers, job_step_ns, [] {}) {}

  /// One address that is listened at.
  struct Opened {
    SocketAddress bound;
    std::unique_ptr<UdpExchange> exchange;
    std::unique_ptr<UdpListener> listener;  // none once the worker has stopped
    std::shared_ptr<std::atomic<size_t>> closing = nullptr;  // those that are; while it is one
    uint64_t close_by_ns = 0;

    bool is_idle() const { return exchange->is_idle(); }
    bool may_close(uint64_t now_ns) {
      if (now_ns >= close_by_ns) exchange->expire_all();
      return is_idle();
    }
  };

  /// The same for connections.
  struct OpenedStream {
    SocketAddress bound;
    std::unique_ptr<StreamExchange> exchange;
    std::unique_ptr<StreamListener> listener;
    std::shared_ptr<std::atomic<size_t>> closing = nullptr;
    uint64_t close_by_ns = 0;

    bool is_idle() const { return exchange->is_idle() && !listener->has_connections(); }
    /// What was queued when it was asked for the first time is read by the second.
    bool may_close(uint64_t now_ns) {
      if (now_ns >= close_by_ns) exchange->expire_all();
      if (std::exchange(was_asked, true)) exchange->end_idle(*listener);
      return is_idle();
    }
    bool was_asked = false;
  };
  /// What was queued has been read by then.
  void end_idle_connections() {
    for (OpenedStream& stream : streams) stream.exchange->end_idle(*stream.listener);
  }

  /// Requests that were received stay; what is closed, the loop frees.
  void close_all(StreamRooms& rooms) {
    for (Opened& one : opened) one.listener.reset();
    for (OpenedStream& stream : streams) stream.listener.reset();
    for (StreamConnection* connection : std::vector(rooms.connections.begin(), rooms.connections.end()))
      connection->drop();
  }

  Pipeline pipeline;
  Repeated sweep;       // ends conversations and stored values that ran out of time
  Repeated drain_step;  // ends connections, and looks whether a drain is done
  Repeated close_step;  // looks whether an address can be closed
  Repeated job_step;    // asks jobs again
  std::vector<Opened> opened;
  std::vector<OpenedStream> streams;
  std::optional<WatchedRelay> relay;  // once another process has taken over
};

}  // namespace radhost
