// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace radhost {

/// Tells the service manager that started this process how it is with it, in the words of sd_notify(3), such as
/// "READY=1". Does nothing where none wants to know (NOTIFY_SOCKET in the environment). Any thread.
void tell_service_manager(std::string_view state);

/// Within what time its watchdog wants to be told "WATCHDOG=1", again and again (sd_watchdog_enabled(3)); nothing where it
/// does not watch this process.
std::optional<std::chrono::microseconds> service_watchdog_time();

}  // namespace radhost
