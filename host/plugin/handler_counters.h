// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/duration_histogram.h"

namespace radhost {

/// What one worker counted of an instance's handlers; written by its thread alone.
struct HandlerCounters {
  DurationHistogram handling;  ///< from each call to its verdict, and so with what it waited for
  Counter errors;              ///< errors, and verdicts that are none
  Counter timeouts;            ///< no verdict in time
  Counter no_thread;           ///< too many waited for a pool thread: no call at all
  Counter slow_calls;          ///< held the worker longer than a handler may
  Counter in_flight;           ///< a gauge: requests that it will answer later
};

}  // namespace radhost
