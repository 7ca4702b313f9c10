// SPDX-License-Identifier: Apache-2.0
#include "plugin/ready_queue.h"

#include "plugin/request.h"

namespace radhost {

void ReadyQueue::push(radius_request& request) {
  radius_request* first = first_.load(std::memory_order_relaxed);
  do {
    request.next_ready = first;
  } while (!first_.compare_exchange_weak(first, &request, std::memory_order_release, std::memory_order_relaxed));
  // Who finds others there knows that they have woken the worker.
  if (first == nullptr && std::this_thread::get_id() != owner_) wake_();
}

}  // namespace radhost
