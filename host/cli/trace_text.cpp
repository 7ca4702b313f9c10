// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* bold = "\033[1m";
constexpr const char* faint = "\033[2m";
constexpr const char* red = "\033[31m";
constexpr const char* green = "\033[32m";
constexpr const char* yellow = "\033[33m";

std::string text_of(const Json& event, const char* key) { return event.at(key).get<std::string>(); }

std::string title(const Json& event) {
  return text_of(event, "code") + " " + std::to_string(event.at("identifier").get<unsigned>());
}

std::string us(const Json& event) { return std::to_string(event.at("took_us").get<uint64_t>()) + " us"; }

const char* colour_of(const std::string& verdict) {
  if (verdict == "accept") return green;
  if (verdict == "challenge") return yellow;
  return verdict == "pass" ? "" : red;
}

}  // namespace

std::string TraceText::in(const char* colour, const std::string& text) const {
  return has_colours_ && *colour != 0 ? colour + text + "\033[0m" : text;
}

void TraceText::print_attributes(const std::string& mark, const Json& event) {
  for (const Json& pair : event.at("attributes")) out_ << mark << "    " << pair.get<std::string>() << "\n";
}

void TraceText::print_changes(const std::string& begin, Pairs& before, const Json& now) {
  Pairs pairs = now.get<Pairs>();
  for (const std::string& pair : before)
    if (std::find(pairs.begin(), pairs.end(), pair) == pairs.end()) out_ << begin << "- " << pair << "\n";
  for (const std::string& pair : pairs)
    if (std::find(before.begin(), before.end(), pair) == before.end()) out_ << begin << "+ " << pair << "\n";
  before = std::move(pairs);
}

void TraceText::print_handler(Followed& followed, const std::string& mark, const Json& event) {
  auto depth = event.at("depth").get<size_t>();
  std::string begin = mark + std::string(2 + 2 * depth, ' ');
  std::string verdict = text_of(event, "verdict");
  out_ << begin << text_of(event, "plugin") << ": " << in(colour_of(verdict), verdict);
  if (event.contains("reason")) out_ << ": " << text_of(event, "reason");
  out_ << in(faint, " (" + us(event) + ")") << "\n";
  // Requests inside of it have lists of their own.
  if (depth != 0 || !event.contains("reply")) return;
  print_changes(begin + "  control ", followed.control, event.at("control"));
  print_changes(begin + "  reply ", followed.reply, event.at("reply"));
}

void TraceText::print(const Json& event) {
  std::string sort = text_of(event, "event");
  if (sort == "following") {
    auto lost = event.at("lost").get<uint64_t>();
    if (lost != std::exchange(lost_, lost)) out_ << in(red, std::to_string(lost) + " lines were lost so far") << "\n";
    out_ << std::flush;
    return;
  }
  auto id = event.at("id").get<uint64_t>();
  auto known = followed_.find(id);
  if (known == followed_.end()) known = followed_.emplace(id, Followed{++last_number_, {}, {}}).first;
  Followed& followed = known->second;
  std::string mark = in(faint, "#" + std::to_string(followed.number)) + " ";
  bool is_over = false;
  if (sort == "request") {
    out_ << mark << in(bold, title(event)) << " from " << text_of(event, "peer") << ", client "
         << text_of(event, "client") << ", to " << text_of(event, "listener") << "\n";
    print_attributes(mark, event);
  } else if (sort == "handler") {
    print_handler(followed, mark, event);
  } else if (sort == "failure") {
    out_ << mark << "  " << text_of(event, "plugin") << ": " << in(red, text_of(event, "reason")) << "\n";
  } else if (sort == "reply") {
    std::string why = text_of(event, "sort");
    out_ << mark << in(bold, title(event)) << " to " << text_of(event, "peer");
    if (why == "status") out_ << ", for Status-Server";
    if (why == "again") out_ << ", again";
    if (event.at("delayed").get<bool>()) out_ << ", later";
    out_ << in(faint, " (after " + us(event) + ")") << "\n";
    print_attributes(mark, event);
    is_over = true;
  } else if (sort == "discard") {
    out_ << mark << in(bold, "no answer") << " to " << text_of(event, "peer") << ": "
         << in(red, text_of(event, "reason")) << "\n";
    is_over = true;
  }
  // Several that met no handler have the number 0 alike; of those whose end was lost nothing more is heard.
  constexpr size_t followed_max = 65536;
  if (is_over) followed_.erase(known);
  if (followed_.size() > followed_max) followed_.clear();
  out_ << std::flush;
}

}  // namespace radhost
