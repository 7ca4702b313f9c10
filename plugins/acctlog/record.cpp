// SPDX-License-Identifier: Apache-2.0
#include "record.h"

#include "json_text.h"
#include "notation.h"

#include <algorithm>

namespace acctlog {
namespace {

constexpr size_t printed_octets = 1024;  // to begin with

bool has(const radius_view_t& view, unsigned flag) { return (view.flags & flag) != 0; }

/// Is the value octets without a meaning, for want of a dictionary entry or because they do not fit it?
bool is_raw(const radius_view_t& view) { return view.attr == 0 || has(view, RADIUS_VIEW_INVALID); }

std::string_view text_of(const radius_view_t& view) { return {reinterpret_cast<const char*>(view.data), view.length}; }

bool is_integer(radius_type_t type) { return type >= RADIUS_TYPE_UINT8 && type <= RADIUS_TYPE_INT32; }

}  // namespace

LeftOut::LeftOut(const radius::Instance& instance) {
  for (const char* name : {"User-Password", "CHAP-Password", "CHAP-Challenge", "Reply-Message", "State"})
    attrs.push_back(instance.attribute(name));
}

bool LeftOut::holds(radius_attr_t attr) const { return std::find(attrs.begin(), attrs.end(), attr) != attrs.end(); }

std::string_view RecordWriter::write(radius::Request& request) {
  const radius_request_info_t info = request.info();
  collect(request.request().get());

  line_ = "{\"received\": \"";
  append_time(line_, info.received_us);
  line_ += "\", \"client\": ";
  append_json_text(line_, radius::to_view(info.client));
  line_ += ", \"listener\": ";
  append_json_text(line_, radius::to_view(info.listener));
  line_ += ", \"peer\": \"";
  append_address(line_, {info.peer.octets, info.peer.family == 6 ? 16U : 4U}, info.peer.scope_id, info.peer.port);
  line_ += "\", \"attributes\": {";
  append_attributes();
  line_ += "}}\n";
  return line_;
}

void RecordWriter::collect(const radius_list_t* list) {
  names_.clear();
  fields_.clear();
  radius_view_t view{};
  for (radius_status_t status = host_.lists->first(list, &view); status == RADIUS_OK;
       status = host_.lists->next(list, &view))
    collect(list, view, {});
}

/// Notes an attribute, or those that it holds. `parent` is the name of the one that holds it.
void RecordWriter::collect(const radius_list_t* list, const radius_view_t& view, std::string_view parent) {
  // Sensitive values are nobody's business, and the host's own are the hop's, not the session's.
  constexpr uint32_t unwanted = RADIUS_ATTR_SENSITIVE | RADIUS_ATTR_HOST_OWNED | RADIUS_ATTR_INTERNAL;
  if (has(view, RADIUS_VIEW_SENSITIVE)) return;
  if (view.attr != 0 && ((look_up(view.attr).flags & unwanted) != 0 || left_out_.holds(view.attr))) return;

  const size_t begin = names_.size();
  append_name(list, view, parent);
  const size_t length = names_.size() - begin;

  radius_view_t child{};
  if (!is_raw(view) && look_up(view.attr).type == RADIUS_TYPE_TLV &&
      host_.lists->first_child(list, &view, &child) == RADIUS_OK) {
    const std::string name = names_.substr(begin);
    do collect(list, child, name);
    while (host_.lists->next_child(list, &view, &child) == RADIUS_OK);
    return;
  }
  fields_.push_back({begin, length, view, false});
}

/// `User-Name`, `Tunnel-Type:1`; by numbers what has no name or no right to it: `Attr-200`, `Attr-241.1`,
/// `Vendor-99999-Attr-1`, `Attr-241.26.99999.1`, and the name of what holds it with `.1` behind.
void RecordWriter::append_name(const radius_list_t* list, const radius_view_t& view, std::string_view parent) {
  if (!is_raw(view)) {
    names_ += radius::to_view(look_up(view.attr).name);
    if (has(view, RADIUS_VIEW_TAGGED) && view.tag != 0) names_ += ":" + std::to_string(view.tag);
    return;
  }
  const std::string type = std::to_string(view.type);
  if (!parent.empty()) {
    names_ += parent;
    names_ += "." + type;
    return;
  }
  // The view tells the number within its parent; which parent that is, the octets as received tell.
  const uint8_t* octets = nullptr;
  uint32_t length = 0;
  const bool received = host_.lists->raw(list, &view, &octets, &length) == RADIUS_OK && length > 0;
  const unsigned top = received ? octets[0] : view.vendor != 0 ? 26U : view.type;
  const bool container = view.attr != 0 && look_up(view.attr).type == RADIUS_TYPE_CONTAINER;

  if (container) names_ += "Attr-" + std::to_string(top);
  else if (view.vendor != 0 && top == 26) names_ += "Vendor-" + std::to_string(view.vendor) + "-Attr-" + type;
  else if (view.vendor != 0)
    names_ += "Attr-" + std::to_string(top) + ".26." + std::to_string(view.vendor) + "." + type;
  else if (top != view.type) names_ += "Attr-" + std::to_string(top) + "." + type;
  else names_ += "Attr-" + type;
}

/// Each name once, in the order of first appearance, with all its values.
void RecordWriter::append_attributes() {
  bool first_name = true;
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].written) continue;
    const std::string_view name = name_of(fields_[i]);
    if (!first_name) line_ += ", ";
    first_name = false;
    append_json_text(line_, name);
    line_ += ": [";
    for (size_t j = i; j < fields_.size(); ++j) {
      if (fields_[j].written || name_of(fields_[j]) != name) continue;
      if (j != i) line_ += ", ";
      append_value(fields_[j].view);
      fields_[j].written = true;
    }
    line_ += ']';
  }
}

void RecordWriter::append_value(const radius_view_t& view) {
  uint64_t integer = 0;
  const radius_type_t type = is_raw(view) ? RADIUS_TYPE_OCTETS : look_up(view.attr).type;
  if (is_raw(view)) {
    line_ += '"';
    append_octets(line_, {view.data, view.length});
    line_ += '"';
  } else if (type == RADIUS_TYPE_TEXT) {
    append_json_text(line_, text_of(view));
  } else if (is_integer(type) && host_.lists->read_integer(&view, &integer) == RADIUS_OK) {
    radius_text_t name{};
    if (host_.dictionary->name_by_value(instance_, view.attr, integer, &name) == RADIUS_OK)
      append_json_text(line_, radius::to_view(name));
    else if (type == RADIUS_TYPE_INT32) line_ += std::to_string(static_cast<int32_t>(integer));
    else line_ += std::to_string(integer);
  } else {
    append_printed(view);
  }
}

void RecordWriter::append_printed(const radius_view_t& view) {
  if (printed_.empty()) printed_.resize(printed_octets);
  uint64_t length = printed_.size();
  radius_status_t status = RADIUS_OK;
  while ((status = host_.dictionary->print(instance_, view.attr, view.data, view.length, printed_.data(), &length)) ==
         RADIUS_ERR_LIMIT) {
    printed_.resize(2 * printed_.size());
    length = printed_.size();
  }
  radius::require(status, "print");
  append_json_text(line_, {printed_.data(), static_cast<size_t>(length)});
}

const RecordWriter::Known& RecordWriter::look_up(radius_attr_t attr) {
  const auto [entry, is_new] = known_.try_emplace(attr);
  if (!is_new) return entry->second;
  radius_attr_info_t info{};
  info.size = sizeof info;
  if (host_.dictionary->describe(instance_, attr, &info) == RADIUS_OK)
    entry->second = {info.name, info.type, info.flags};
  return entry->second;
}

}  // namespace acctlog
