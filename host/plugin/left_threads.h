// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace radhost {

/// How many threads, others than the program's own, are inside of a library's code: that have it on their stacks, waiting
/// for something. Where the code is unmapped, the process dies as soon as one of them goes on. `code`: an address in it.
/// A thread that does not wait, or that the system does not tell of (/proc/self/task/…/syscall), counts as none.
size_t count_threads_inside(const void* code);

}  // namespace radhost
