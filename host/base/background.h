// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace radhost {

/// Where a job and those that serve want the same processor, how much of it the job gets.
enum class Urgency {
  Least,  ///< next to nothing: it may take as long as it likes
  Low,    ///< about a tenth: it must come to an end
};

/// From now on there are those that serve. Before, jobs are done at once: who starts on a busy machine is waited for. Any
/// thread.
void give_way_from_now_on();

/// Has a job done that takes the processor for long, and waits for it: on a thread that gives way to all others, so that
/// those that serve go on as if nothing were. Threads that it begins would give way too: no module's code runs there. What
/// it throws is thrown here.
void do_in_background(const std::function<void()>& job, Urgency urgency = Urgency::Least);

}  // namespace radhost
