// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <optional>

#include "plugin/explanation.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

std::optional<LogLevel> level_of(radius_level_t level) {
  switch (level) {
    case RADIUS_DEBUG: return LogLevel::Debug;
    case RADIUS_INFO: return LogLevel::Info;
    case RADIUS_WARN: return LogLevel::Warn;
    case RADIUS_ERROR: return LogLevel::Error;
    default: return std::nullopt;
  }
}

/// A module's text in one line: a line break of its own would forge another.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) c = ' ';
  return line;
}

int32_t enabled(radius_instance_t* instance, radius_level_t level) {
  auto known = level_of(level);
  if (instance == nullptr || !known) return 0;
  return static_cast<Instance*>(instance)->log().enabled(*known) ? 1 : 0;
}

void write(radius_instance_t* instance, radius_level_t level, radius_text_t message) {
  auto known = level_of(level);
  if (instance == nullptr || !known) return;
  auto& writer = *static_cast<Instance*>(instance);
  writer.log().write(*known, one_line(to_view(message)), {{"plugin", writer.name()}});
}

void write_for(radius_request_t* request, radius_level_t level, radius_text_t message) {
  auto known = level_of(level);
  if (request == nullptr || request->handler == nullptr || !known) return;
  Instance& writer = *request->handler;
  writer.log().write(*known, one_line(to_view(message)), {{"plugin", writer.name()}, {"request", request->info.id}});
}

void explain(radius_instance_t*, radius_text_t message) { set_explanation(one_line(to_view(message))); }

}  // namespace

const radius_log_v1_t& log_table() {
  static constexpr radius_log_v1_t table{sizeof table,    0, guarded<enabled>, guarded<write>, guarded<write_for>,
                                         guarded<explain>};
  return table;
}

}  // namespace radhost
