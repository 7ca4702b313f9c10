// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace radhost {

/// Has a job done that takes the processor for long, and waits for it: on a thread that gives way to all others, so that
/// those that serve go on as if nothing were. Threads that it begins would give way too: no module's code runs there. What
/// it throws is thrown here.
void do_in_background(const std::function<void()>& job);

}  // namespace radhost
