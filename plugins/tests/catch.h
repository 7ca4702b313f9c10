// SPDX-License-Identifier: Apache-2.0
/// The test framework, whichever of its two generations the distribution has.
#pragma once

#ifdef RADHOST_CATCH2_V2
#include <catch2/catch.hpp>
#else
#include <catch2/catch_test_macros.hpp>
#endif
