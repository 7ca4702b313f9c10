// SPDX-License-Identifier: Apache-2.0
#include "record.h"

#include "json_text.h"
#include "notation.h"

#include <algorithm>

namespace acctlog {
namespace {

constexpr size_t printed_octets = 1024;  // to begin with

/// Is the value octets without a meaning, for want of a dictionary entry or because they do not fit it?
bool is_raw(const radius::Attribute& attribute) { return attribute.handle() == 0 || attribute.is_invalid(); }

bool is_integer(radius_type_t type) { return type >= RADIUS_TYPE_UINT8 && type <= RADIUS_TYPE_INT32; }

}  // namespace

LeftOut::LeftOut(const radius::Instance& instance) {
  for (const char* name : {"User-Password", "CHAP-Password", "CHAP-Challenge", "Reply-Message", "State"})
    attrs.push_back(instance.attribute(name));
}

bool LeftOut::holds(radius_attr_t attr) const { return std::find(attrs.begin(), attrs.end(), attr) != attrs.end(); }

std::string_view RecordWriter::write(radius::Request& request) {
  const radius_request_info_t info = request.info();
  names_.clear();
  fields_.clear();
  for (const radius::Attribute attribute : request.request()) collect(attribute, {});

  line_ = "{\"received\": \"";
  append_time(line_, static_cast<uint64_t>(info.received_us));
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

/// Notes an attribute, or those that it holds. `parent` is the name of the one that holds it.
void RecordWriter::collect(const radius::Attribute& attribute, std::string_view parent) {
  // Sensitive values are nobody's business, and the host's own are the hop's, not the session's.
  constexpr uint32_t unwanted = RADIUS_ATTR_SENSITIVE | RADIUS_ATTR_HOST_OWNED | RADIUS_ATTR_INTERNAL;
  const radius_attr_t attr = attribute.handle();
  if (attribute.is_sensitive()) return;
  if (attr != 0 && ((look_up(attr).flags & unwanted) != 0 || left_out_.holds(attr))) return;

  const size_t begin = names_.size();
  append_name(attribute, parent);
  const size_t length = names_.size() - begin;

  const radius::Children children = attribute.children();
  if (!is_raw(attribute) && look_up(attr).type == RADIUS_TYPE_TLV && !children.empty()) {
    const std::string name = names_.substr(begin);
    for (const radius::Attribute child : children) collect(child, name);
    return;
  }
  fields_.push_back({begin, length, attribute, false});
}

/// `User-Name`, `Tunnel-Type:1`; by numbers what has no name or no right to it: `Attr-200`, `Attr-241.1`,
/// `Vendor-99999-Attr-1`, `Attr-241.26.99999.1`, and the name of what holds it with `.1` behind.
void RecordWriter::append_name(const radius::Attribute& attribute, std::string_view parent) {
  const radius_view_t& view = attribute.view();
  if (!is_raw(attribute)) {
    names_ += radius::to_view(look_up(view.attr).name);
    if (const uint8_t tag = attribute.tag().value_or(0); tag != 0) names_ += ":" + std::to_string(tag);
    return;
  }
  const std::string type = std::to_string(view.number);
  if (!parent.empty()) {
    names_ += parent;
    names_ += "." + type;
    return;
  }
  // The view tells the number within its parent; which parent that is, the octets as received tell.
  const std::optional<radius::Octets> octets = attribute.raw();
  const unsigned top = octets && !octets->empty() ? (*octets)[0] : view.vendor != 0 ? 26U : view.number;
  const bool container = view.attr != 0 && look_up(view.attr).type == RADIUS_TYPE_CONTAINER;

  if (container) names_ += "Attr-" + std::to_string(top);
  else if (view.vendor != 0 && top == 26) names_ += "Vendor-" + std::to_string(view.vendor) + "-Attr-" + type;
  else if (view.vendor != 0)
    names_ += "Attr-" + std::to_string(top) + ".26." + std::to_string(view.vendor) + "." + type;
  else if (top != view.number) names_ += "Attr-" + std::to_string(top) + "." + type;
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
      append_value(fields_[j].attribute);
      fields_[j].written = true;
    }
    line_ += ']';
  }
}

void RecordWriter::append_value(const radius::Attribute& attribute) {
  const radius_type_t type = is_raw(attribute) ? RADIUS_TYPE_OCTETS : look_up(attribute.handle()).type;
  const std::optional<uint64_t> integer = is_integer(type) ? attribute.integer() : std::nullopt;
  if (is_raw(attribute)) {
    line_ += '"';
    append_octets(line_, {attribute.data(), attribute.size()});
    line_ += '"';
  } else if (type == RADIUS_TYPE_TEXT) {
    append_json_text(line_, attribute.text());
  } else if (integer) {
    append_integer(attribute.handle(), type, *integer);
  } else {
    append_printed(attribute.view());
  }
}

/// By its name, where it has one.
void RecordWriter::append_integer(radius_attr_t attr, radius_type_t type, uint64_t integer) {
  if (const auto name = instance_.dictionary().value_name(attr, integer)) append_json_text(line_, *name);
  else if (type == RADIUS_TYPE_INT32) line_ += std::to_string(static_cast<int32_t>(integer));
  else line_ += std::to_string(integer);
}

void RecordWriter::append_printed(const radius_view_t& view) {
  if (printed_.empty()) printed_.resize(printed_octets);
  uint64_t length = printed_.size();
  radius_status_t status = RADIUS_OK;
  while ((status = instance_.host().dictionary->print(instance_.get(), view.attr, view.data, view.length,
                                                      printed_.data(), &length)) == RADIUS_ERR_LIMIT) {
    printed_.resize(2 * printed_.size());
    length = printed_.size();
  }
  radius::require(status, "print");
  append_json_text(line_, {printed_.data(), static_cast<size_t>(length)});
}

const RecordWriter::Known& RecordWriter::look_up(radius_attr_t attr) {
  const auto [entry, is_new] = known_.try_emplace(attr);
  if (!is_new) return entry->second;
  const radius_attr_info_t info = instance_.dictionary().describe(attr);
  entry->second = {info.name, info.data_type, info.flags};
  return entry->second;
}

}  // namespace acctlog
