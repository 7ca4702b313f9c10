// SPDX-License-Identifier: Apache-2.0
#include "base/timer_queue.h"

#include <algorithm>

namespace radhost {

void TimerQueue::put(size_t place, Timer* timer) {
  heap_[place] = timer;
  timer->place_ = place;
}

void TimerQueue::sift_up(size_t place) {
  Timer* timer = heap_[place];
  while (place > 0 && timer->due_ns_ < heap_[(place - 1) / 2]->due_ns_) {
    put(place, heap_[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  put(place, timer);
}

void TimerQueue::sift_down(size_t place) {
  Timer* timer = heap_[place];
  for (size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1]->due_ns_ < heap_[child]->due_ns_) ++child;
    if (heap_[child]->due_ns_ >= timer->due_ns_) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, timer);
}

void TimerQueue::start(Timer& timer, uint64_t due_ns) {
  stop(timer);
  timer.due_ns_ = due_ns;
  heap_.push_back(&timer);
  timer.place_ = heap_.size() - 1;
  sift_up(timer.place_);
}

void TimerQueue::stop(Timer& timer) {
  if (!timer.is_running()) return;
  size_t place = timer.place_;
  timer.place_ = Timer::nowhere;
  Timer* last = heap_.back();
  heap_.pop_back();
  if (last == &timer) return;
  put(place, last);
  sift_up(place);
  sift_down(last->place_);
}

std::optional<uint64_t> TimerQueue::next_due() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front()->due_ns_;
}

void TimerQueue::run(uint64_t now_ns, size_t at_most) {
  // No more than there are now: one that is started anew at once must not keep the thread here.
  for (size_t left = std::min(at_most, heap_.size()); left > 0 && !heap_.empty() && heap_.front()->due_ns_ <= now_ns;
       --left) {
    Timer& timer = *heap_.front();
    stop(timer);
    timer.expired();
  }
}

}  // namespace radhost
