// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/ext/store.h>

#include <thread>
#include <vector>

#include "base/turn_queue.h"
#include "plugin/store.h"

namespace radhost {

/// One instance's use of the store on one of its threads, a worker or a pool thread. What it asks is done at once; its
/// callbacks are called in order when the thread has returned from what it does, as a store far away would call them.
class ThreadStore : TurnQueue::Task {
 public:
  /// On the thread whose it is. At most `waiting_max` answers wait.
  ThreadStore(Store& store, TurnQueue& turn, size_t waiting_max)
      : store_(store), turn_(turn), waiting_max_(waiting_max), owner_(std::this_thread::get_id()) {}
  ~ThreadStore() override { end(); }

  /// May this thread ask for one thing more?
  radius_status_t is_ready() const;

  /// Each answers later.
  void get(Octets key, radius_store_callback_t done, void* data);
  void take(Octets key, radius_store_callback_t done, void* data);
  void put(Octets key, Octets value, uint64_t ttl_ms, radius_store_callback_t done, void* data);
  void put_new(Octets key, Octets value, uint64_t ttl_ms, radius_store_callback_t done, void* data);

  /// The thread is about to end: what waits is answered with RADIUS_ERR_GONE, and nothing more may be asked.
  void end();

 private:
  struct Answer {
    radius_store_callback_t done = nullptr;
    void* data = nullptr;
    radius_status_t status = RADIUS_OK;
    Store::Found found;

    void give(radius_status_t outcome) const;
  };

  void give_all(radius_status_t (*outcome)(const Answer&));
  void answer(radius_status_t status, Store::Found found, radius_store_callback_t done, void* data);
  void answer_with(Store::Found found, radius_store_callback_t done, void* data);
  void run() override;

  Store& store_;
  TurnQueue& turn_;
  size_t waiting_max_;
  std::thread::id owner_;
  bool has_ended_ = false;
  size_t left_ = 0;  // to be given
  std::vector<Answer> waiting_;
  std::vector<Answer> giving_;  // in order, while callbacks are called
};

}  // namespace radhost
