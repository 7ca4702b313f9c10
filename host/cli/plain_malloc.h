// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace radhost {

/// Begins this process anew, once, with a malloc that keeps nothing for its threads: what is freed is free at once, so
/// that allocated_octets tells what somebody holds. Malloc is told so only when a process begins. While there is one
/// thread, and nothing was done yet.
void use_plain_malloc();

/// Octets that are allocated in this process; 0 where that is not known.
size_t allocated_octets();

}  // namespace radhost
