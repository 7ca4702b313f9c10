// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "exchange/pool_clients.h"
#include "exchange/stream_exchange.h"
#include "exchange/udp_exchange.h"
#include "net/fd_poll.h"
#include "plugin/ready_queue.h"
#include "server/assembly.h"
#include "server/inheritance.h"

namespace radhost {

/// One thread that serves: its own loop, sockets, counters and request slots; nothing of it is shared.
class Worker {
 public:
  struct Parts {
    size_t number;
    size_t workers;
    Foundation& foundation;
    RequestWitness* witness = nullptr;  ///< who looks on; nullptr for nobody
  };

  /// `assembly`: what is served at first.
  Worker(const Parts& parts, std::shared_ptr<const Assembly> assembly, WorkerPorts ports);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// Runs the thread, which starts what instances need on it; gives the reason when one cannot serve, empty when all
  /// can. Requests wait until it is told to serve; then the same.
  void begin_start();
  std::string await_start();
  /// What it inherits it does not receive from before resume_receiving().
  std::string serve(Inheritance inheritance = {});

  /// What is to be done on the worker's thread between two callbacks: it is asked again and again until it says that it
  /// is done.
  using Job = std::function<bool(Worker&)>;
  /// Has it done while the worker serves. Any thread.
  void run_on_thread(Job job);

  // What jobs do.

  size_t number() const { return parts_.number; }
  Pipeline& pipeline();
  /// Requests that come from now on are dealt with as this one says. `opened`: sockets of this worker for addresses that
  /// it has and the one before had not. Throws std::runtime_error where one cannot be watched.
  /// `recheck`: the certificates of open connections are looked at anew.
  void publish(std::shared_ptr<const Assembly> assembly, WorkerPorts opened, bool recheck);
  /// Takes what is queued at these addresses, which are nobody's any more, and nothing after it; and closes them when all
  /// of it is answered, or after drain_timeout_ms. With each of them `left` goes down by one.
  void close(const std::vector<Endpoint>& addresses, std::shared_ptr<std::atomic<size_t>> left);
  /// Starts an instance on this thread. Gives the reason when it cannot serve.
  std::string start_instance(Instance& instance);
  void stop_instance(Instance& instance);
  /// Stops waiting for the handlers of requests that hold this version of a listener.
  void expire_requests(const Listener& version);

  // What jobs do when another process takes over from this one: worker_handover.cpp.

  /// A socket, and what is known of what came to it.
  struct Shared {
    int fd;
    HandoverSocket known;
  };
  /// All that are open; from now on it can be told what was answered there.
  void begin_handing_over(std::map<Endpoint, Shared>& shared);
  /// Appends records of what was answered, at most `count` for each address. False when all that there are were told.
  bool tell_answered(size_t count, RecordsByAddress& records);
  /// What is queued at these addresses, and what comes, is left to the other one; or is not, after all.
  void pause_receiving(const std::vector<Endpoint>& addresses);
  void resume_receiving();
  /// Appends records of requests in hand.
  void tell_in_hand(RecordsByAddress& records);
  /// Deals with what the other one passes on, too. There is no way back.
  void serve_relay(RelaySocket relay);
  /// In the other one: whom it took over from is gone. `records`: what was answered there since.
  void forget_predecessor(const RecordsByAddress& records);

  /// Answers what is queued, waits for handlers and their answers within [server] drain_timeout_ms, then ends the
  /// thread and waits for it.
  void stop();
  /// Begins the same, and does not wait. Who has another process to listen to does so until stop() is called.
  void begin_stop();
  /// Is nothing in hand any more, or its time over? A job's to ask.
  bool has_drained() const { return has_drained_; }

  const WorkerCounters& counters() const { return counters_; }

 private:
  void run();
  const ServerConfig& config() const { return assembly_->config().server; }
  void end_pool_clients();
  std::string start_instances();
  std::string await_instances();
  void stop_instances();
  void begin_serving();
  void open(Port port);
  void open(StreamPort port);
  void receive_relayed();
  void close_idle(uint64_t now_ns);
  void expire_all();
  void begin_drain();
  void turn();
  void go_on_with_returned();
  void run_jobs();
  void arm_timer();
  bool is_drained() const;

  Parts parts_;
  std::shared_ptr<const Assembly> assembly_;  // what is served now
  WorkerPorts ports_;
  Inheritance inheritance_;
  WorkerCounters counters_;
  uv_loop_t loop_{};
  uv_async_t wake_{};       ///< something came back from another thread, or the worker is to stop
  uv_prepare_t prepare_{};  ///< before the loop waits: what came back is gone on with
  uv_timer_t timer_{};      ///< for the timers' queue
  TimerQueue timers_;
  StreamRooms rooms_;
  TurnQueue turn_;
  FdPoll fds_{loop_};
  ReadyQueue ready_;
  Subrequests subrequests_;
  std::promise<std::string> started_;  ///< the reason why it is not, or empty
  std::promise<std::string> served_;   ///< the same
  std::atomic<bool> may_serve_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> may_end_{false};  ///< when it has drained
  std::mutex jobs_mutex_;
  std::vector<Job> new_jobs_;
  std::atomic<bool> has_new_jobs_{false};
  std::vector<Job> jobs_;             // those that are not done
  std::vector<Instance*> instances_;  // that were started on this thread
  bool draining_ = false;
  bool has_drained_ = false;
  uint64_t drained_by_ns_ = 0;
  std::optional<uint64_t> armed_ns_;  ///< what timer_ waits for
  std::thread thread_;

  // What lives while the thread runs.
  std::unique_ptr<PoolClients> pool_clients_;
  struct Serving;
  std::unique_ptr<Serving> serving_;
};

}  // namespace radhost
