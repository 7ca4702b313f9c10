// SPDX-License-Identifier: Apache-2.0
#include "base/turn_queue.h"

#include <algorithm>
#include <utility>

namespace radhost {

void TurnQueue::add(Task& task) {
  if (std::exchange(task.is_waiting_, true)) return;
  waiting_.push_back(&task);
}

void TurnQueue::remove(Task& task) {
  if (!std::exchange(task.is_waiting_, false)) return;
  waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), &task), waiting_.end());
  std::replace(running_.begin(), running_.end(), &task, static_cast<Task*>(nullptr));
}

bool TurnQueue::run() {
  if (waiting_.empty()) return false;
  std::swap(waiting_, running_);
  for (size_t i = 0; i < running_.size(); ++i) {
    Task* task = std::exchange(running_[i], nullptr);
    if (task == nullptr) continue;
    task->is_waiting_ = false;
    task->run();
  }
  running_.clear();
  return true;
}

}  // namespace radhost
