// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/clock.h"

namespace radhost {
namespace {

constexpr spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return spdlog::level::debug;
    case LogLevel::Info: return spdlog::level::info;
    case LogLevel::Warn: return spdlog::level::warn;
    case LogLevel::Error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

spdlog::sink_ptr make_sink(const std::string& target) {
  if (target == "stderr") return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (target == "syslog") return std::make_shared<spdlog::sinks::syslog_sink_mt>("radhost", LOG_PID, LOG_DAEMON, false);
  return std::make_shared<spdlog::sinks::basic_file_sink_mt>(target);
}

/// A value as it stands in a text line: bare when it is one plain word, else as a JSON string.
std::string quoted(std::string_view text) {
  bool plain = !text.empty();
  for (char c : text) plain = plain && c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  if (plain) return std::string(text);
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::optional<LogLevel> level_by_word(std::string_view word) {
  for (size_t i = 0; i < log_level_words.size(); ++i)
    if (log_level_words[i] == word) return static_cast<LogLevel>(i);
  return std::nullopt;
}

struct Log::Sink {
  LogFormat format;
  bool stamps_itself;  // syslog adds time and level on its own
  std::shared_ptr<spdlog::sinks::dist_sink_mt> target;
  spdlog::logger logger;
  std::string file;  // empty where the target is none

  std::string json_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
    nlohmann::ordered_json line{
        {"time", to_rfc3339(wall_clock_us())}, {"level", level_word(level)}, {"message", message}};
    for (const LogField& field : fields)
      std::visit([&](auto value) { line[std::string(field.name)] = value; }, field.value);
    return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  std::string text_line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
    std::string line =
        stamps_itself ? std::string() : to_rfc3339(wall_clock_us()) + " " + std::string(level_word(level)) + " ";
    line += message;
    for (const LogField& field : fields) {
      line.append(" ").append(field.name).append("=");
      if (auto* text = std::get_if<std::string_view>(&field.value)) line += quoted(*text);
      else line += std::to_string(std::get<uint64_t>(field.value));
    }
    return line;
  }
};

Log::Log(LogLevel level, LogFormat format, const std::string& target) try {
  // The target stands behind a sink of its own, so that it can be replaced while others write.
  auto replaceable = std::make_shared<spdlog::sinks::dist_sink_mt>();
  replaceable->add_sink(make_sink(target));
  bool is_file = target != "stderr" && target != "syslog";
  sink_.reset(new Sink{format, target == "syslog", replaceable, spdlog::logger("radhost", replaceable),
                       is_file ? target : std::string()});
  sink_->logger.set_pattern("%v");
  sink_->logger.set_level(to_spdlog(level));
  sink_->logger.flush_on(spdlog::level::debug);
} catch (const spdlog::spdlog_ex& error) {
  throw std::runtime_error("cannot write the log to " + target + ": " + error.what());
}

Log::~Log() = default;

void Log::reopen() {
  if (sink_->file.empty()) return;
  try {
    spdlog::sink_ptr fresh = make_sink(sink_->file);
    fresh->set_pattern("%v");
    sink_->target->set_sinks({std::move(fresh)});
  } catch (const spdlog::spdlog_ex& error) {
    warn("cannot reopen the log", {{"why", error.what()}});
  }
}

void Log::set_level(LogLevel level) { sink_->logger.set_level(to_spdlog(level)); }

bool Log::enabled(LogLevel level) const { return sink_->logger.should_log(to_spdlog(level)); }

void Log::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  sink_->logger.log(to_spdlog(level), sink_->format == LogFormat::Json ? sink_->json_line(level, message, fields)
                                                                       : sink_->text_line(level, message, fields));
}

}  // namespace radhost
