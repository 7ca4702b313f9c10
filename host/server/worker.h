// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <future>
#include <thread>

#include "exchange/udp_exchange.h"
#include "server/assembly.h"
#include "server/ports.h"

namespace radhost {

/// One thread that serves: its own loop, sockets, counters and request slots; nothing of it is shared.
class Worker {
 public:
  struct Parts {
    size_t number;
    const Assembly& assembly;
    const DigestLibrary& digests;
    Log& log;
  };

  Worker(const Parts& parts, std::vector<Port> ports);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// Runs the thread. Gives the reason when it cannot serve; empty when it does.
  std::string start();

  /// Answers what is queued, then ends the thread and waits for it.
  void stop();

  const WorkerCounters& counters() const { return counters_; }

 private:
  void run(std::promise<std::string>& started);
  std::string start_instances();
  void stop_instances();
  void open_ports();

  Parts parts_;
  std::vector<Port> ports_;
  WorkerCounters counters_;
  uv_loop_t loop_{};
  uv_async_t wake_{};
  std::thread thread_;

  // What lives while the thread runs.
  struct Serving;
  std::unique_ptr<Serving> serving_;
};

}  // namespace radhost
