// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace radhost {

enum class LogLevel : uint8_t {
  Debug,
  Info,
  Warn,
  Error
};
/// The levels as configuration, commands and log lines write them, by the order above.
inline constexpr std::array<std::string_view, 4> log_level_words{"debug", "info", "warn", "error"};

constexpr std::string_view level_word(LogLevel level) { return log_level_words[static_cast<size_t>(level)]; }
std::optional<LogLevel> level_by_word(std::string_view word);

enum class LogFormat : uint8_t {
  Text,
  Json
};

/// One named value of a log line, borrowed for the call.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, uint64_t> value;

  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, const std::string& text) : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, const char* text) : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, uint64_t number) : name(field), value(number) {}
};

/// Where the program writes what happens. A line is a sentence and named values; both formats carry the same.
/// All functions may be called from any thread. Secrets are never passed in.
class Log {
 public:
  /// `target`: "stderr", "syslog", or a file's path, which is opened for appending. Throws std::runtime_error.
  Log(LogLevel level, LogFormat format, const std::string& target);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();

  bool enabled(LogLevel level) const;

  /// Lines below `level` are left out from now on.
  void set_level(LogLevel level);

  /// Where lines go, opened: `target` as above. Throws std::runtime_error.
  struct Target;
  static std::shared_ptr<const Target> open(const std::string& target);
  /// What is written from now on is written so, and there. The main thread, as reopen().
  void go_over(LogLevel level, LogFormat format, const std::shared_ptr<const Target>& target);

  /// Opens the file anew, where the target is one: it may have been moved away. Keeps the old one on failure. The main
  /// thread.
  void reopen();
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::Debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::Info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::Warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::Error, message, fields);
  }

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace radhost
