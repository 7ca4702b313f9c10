// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace radhost {

/// What one thread does once it has returned from what it does now, so that nothing of that is on the stack any more.
/// Allocates nothing once as many tasks have waited before. The tasks belong to who adds them.
class TurnQueue {
 public:
  class Task {
   public:
    Task() = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

   protected:
    /// Called once; it is not waiting then and may be added anew.
    virtual void run() = 0;
    virtual ~Task() = default;  ///< of one that is not waiting

   private:
    friend class TurnQueue;
    bool is_waiting_ = false;
  };

  /// Does nothing for one that waits already.
  void add(Task& task);
  /// Does nothing for one that does not wait.
  void remove(Task& task);

  /// Runs all that wait, but none that is added meanwhile: those are for the next call. False when none waited.
  bool run();

 private:
  std::vector<Task*> waiting_;
  std::vector<Task*> running_;  // what is left to run is not null
};

}  // namespace radhost
