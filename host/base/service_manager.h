// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace radhost {

/// The service manager that wants to hear how it is with this process.
struct ServiceManager {
  std::string socket;  ///< as NOTIFY_SOCKET has it; empty where none wants to know
  /// Within what time its watchdog wants to be told "WATCHDOG=1", again and again (sd_watchdog_enabled(3)); nothing where
  /// it does not watch this process.
  std::optional<std::chrono::microseconds> watchdog = std::nullopt;

  /// The one that started this process, as its environment has it.
  static ServiceManager of_environment();

  /// What is not known here is as the other one has it.
  ServiceManager or_else(const ServiceManager& other) const;

  /// In the words of sd_notify(3), such as "READY=1". Does nothing where none can be reached. Any thread.
  void tell(std::string_view state) const;
};

}  // namespace radhost
