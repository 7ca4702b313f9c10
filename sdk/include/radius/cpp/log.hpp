// SPDX-License-Identifier: Apache-2.0
/// The host's log.
#ifndef RADIUS_CPP_LOG_HPP
#define RADIUS_CPP_LOG_HPP

#include <radius/log.h>

#include <string_view>

namespace radius {

enum class Level : radius_level_t {
  Debug = RADIUS_DEBUG,
  Info = RADIUS_INFO,
  Warn = RADIUS_WARN,
  Error = RADIUS_ERROR
};

/// A function for each level, for whoever has `log(Level, message)`.
template <class Logger>
class LogLevels {
 public:
  void log_debug(std::string_view message) const { self().log(Level::Debug, message); }
  void log_info(std::string_view message) const { self().log(Level::Info, message); }
  void log_warn(std::string_view message) const { self().log(Level::Warn, message); }
  void log_error(std::string_view message) const { self().log(Level::Error, message); }

 private:
  const Logger& self() const { return static_cast<const Logger&>(*this); }
};

}  // namespace radius

#endif
