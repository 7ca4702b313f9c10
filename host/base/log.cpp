// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
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

struct Log::Target {
  std::string name;
  spdlog::sink_ptr sink;

  bool is_file() const { return name != "stderr" && name != "syslog"; }
  bool stamps_itself() const { return name == "syslog"; }  // it adds time and level on its own
};

struct Log::Sink {
  std::atomic<LogFormat> format;
  std::atomic<bool> stamps_itself;
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

std::shared_ptr<const Log::Target> Log::open(const std::string& target) try {
  auto opened = std::make_shared<Target>(Target{target, make_sink(target)});
  opened->sink->set_pattern("%v");
  return opened;
} catch (const spdlog::spdlog_ex& error) {
  throw std::runtime_error("cannot write the log to " + target + ": " + error.what());
}

Log::Log(LogLevel level, LogFormat format, const std::string& target) {
  // The target stands behind a sink of its own, so that it can be replaced while others write.
  auto replaceable = std::make_shared<spdlog::sinks::dist_sink_mt>();
  sink_.reset(new Sink{format, false, replaceable, spdlog::logger("radhost", replaceable), {}});
  sink_->logger.flush_on(spdlog::level::debug);
  go_over(level, format, open(target));
}

Log::~Log() = default;

void Log::go_over(LogLevel level, LogFormat format, const std::shared_ptr<const Target>& target) {
  sink_->target->set_sinks({target->sink});
  sink_->format = format;
  sink_->stamps_itself = target->stamps_itself();
  sink_->file = target->is_file() ? target->name : std::string();
  set_level(level);
}

void Log::reopen() {
  if (sink_->file.empty()) return;
  try {
    sink_->target->set_sinks({open(sink_->file)->sink});
  } catch (const std::runtime_error& error) {
    warn("cannot reopen the log", {{"why", error.what()}});
  }
}

void Log::set_level(LogLevel level) { sink_->logger.set_level(to_spdlog(level)); }

bool Log::enabled(LogLevel level) const { return sink_->logger.should_log(to_spdlog(level)); }

void Log::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  bool is_json = sink_->format == LogFormat::Json;
  sink_->logger.log(to_spdlog(level), is_json ? sink_->json_line(level, message, fields)
                                                                       : sink_->text_line(level, message, fields));
}

}  // namespace radhost
