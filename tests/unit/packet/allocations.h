// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace radhost::test {

/// How many octets this program has taken with operator new, which is replaced to count them. Always 0 with sanitizers
/// and under valgrind, which bring an operator new of their own.
size_t octets_allocated();

}  // namespace radhost::test
