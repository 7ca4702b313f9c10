// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace radhost {

/// How many threads, others than the program's own, are inside of the code of a file that is mapped: that have it on their
/// stacks, waiting for something. Where the code is unmapped, the process dies as soon as one of them goes on. What the
/// system does not tell (/proc/self/task/…/syscall) counts as none.
size_t count_threads_inside(const std::string& file);

}  // namespace radhost
