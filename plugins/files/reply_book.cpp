// SPDX-License-Identifier: Apache-2.0
#include "reply_book.h"

#include <charconv>

namespace files {
namespace {

/// What operators write for a data type.
std::string_view what_it_takes(radius_type_t type) {
  switch (type) {
    case RADIUS_TYPE_TEXT: return "text";
    case RADIUS_TYPE_UINT8:
    case RADIUS_TYPE_UINT16:
    case RADIUS_TYPE_UINT32:
    case RADIUS_TYPE_UINT64: return "a number, or the name of a value in the dictionary";
    case RADIUS_TYPE_INT32: return "a number";
    case RADIUS_TYPE_TIME: return "a time, or a number of seconds since 1970";
    case RADIUS_TYPE_IFID: return "an interface identifier, such as \"0:0:0:1\"";
    case RADIUS_TYPE_IPV4: return "an IPv4 address";
    case RADIUS_TYPE_IPV6: return "an IPv6 address";
    case RADIUS_TYPE_IPV6_PREFIX: return "an IPv6 prefix, such as \"2001:db8::/32\"";
    case RADIUS_TYPE_IPV4_PREFIX: return "an IPv4 prefix, such as \"192.0.2.0/24\"";
    case RADIUS_TYPE_ETHERNET: return "an Ethernet address";
    case RADIUS_TYPE_COMBO_IP: return "an IPv4 or IPv6 address";
    case RADIUS_TYPE_TLV:
    case RADIUS_TYPE_CONTAINER: return "no value but other attributes, each of which has a name of its own";
    default: return "octets, such as \"0x0102\"";
  }
}

/// The tag behind a name's colon; -1 without one. False when it is none.
bool split_tag(std::string_view& name, int32_t& tag) {
  const size_t colon = name.rfind(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view digits = name.substr(colon + 1);
  uint8_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number > 31) return false;
  name = name.substr(0, colon);
  tag = number;
  return true;
}

PackedValue packed_value(const ReplyValue& value) { return {value.is_integer, value.integer, value.text}; }

std::string shown(const ReplyValue& value) {
  return value.is_integer ? std::to_string(value.integer) : "\"" + value.text + "\"";
}

}  // namespace

void ReplyBook::note_default(const Reply& reply) {
  std::optional<std::string> packed = pack_reply(reply);
  if (try_values(reply) && packed) default_ = std::move(*packed);
}

std::optional<uint32_t> ReplyBook::note(const Reply& reply) {
  if (reply.empty()) return 0;
  const std::optional<std::string> packed = pack_reply(reply);
  if (packed) {
    const auto known = numbers_.find(*packed);
    if (known != numbers_.end()) return known->second;
  }
  if (!try_values(reply) || !packed) return std::nullopt;
  const auto number = static_cast<uint32_t>(numbers_.size() + 1);
  numbers_.emplace(*packed, number);
  return number;
}

std::vector<radius::Prebuilt> ReplyBook::build() const {
  std::vector<radius::Prebuilt> replies(numbers_.size() + 1);
  const auto build_one = [&](std::string_view own) -> radius::Prebuilt {
    radius::OwnList list(instance_);
    add_all(list.get(), own, {});
    add_all(list.get(), default_, own);
    return list.empty() ? nullptr : list.prebuild();
  };
  replies[0] = build_one({});
  for (const auto& [packed, number] : numbers_) replies[number] = build_one(packed);
  return replies;
}

std::optional<std::string> ReplyBook::pack_reply(const Reply& reply) {
  std::string packed;
  bool whole = true;
  for (const ReplyItem& item : reply) {
    std::string fault;
    const std::optional<PackedAttribute> attribute = resolve(item, fault);
    if (!attribute) {
      whole = mistake(item.at, std::move(fault));
    } else if (mentions(packed, *attribute)) {
      whole = mistake(item.at, item.name + " stands here twice; an array holds several values");
    } else {
      pack(packed, *attribute);
      for (const ReplyValue& value : item.values) pack(packed, packed_value(value));
    }
  }
  if (!whole) return std::nullopt;
  return packed;
}

std::optional<PackedAttribute> ReplyBook::resolve(const ReplyItem& item, std::string& fault) {
  std::string_view name = item.name;
  PackedAttribute attribute;
  attribute.values = static_cast<uint32_t>(item.values.size());
  const auto fail = [&](std::string text) {
    fault = std::move(text);
    return std::nullopt;
  };
  if (!split_tag(name, attribute.tag)) return fail("a tag is a number from 0 to 31, as in Tunnel-Type:1");
  const Known& known = look_up(name);
  if (known.attr == 0) return fail(instance_.unknown_attribute(name));
  if ((known.flags & RADIUS_ATTR_INTERNAL) != 0) return fail(std::string(name) + " never leaves the server");
  if ((known.flags & RADIUS_ATTR_HOST_OWNED) != 0) return fail(std::string(name) + " is written by the server alone");
  if (attribute.tag >= 0 && (known.flags & RADIUS_ATTR_TAGGED) == 0) return fail(std::string(name) + " carries no tag");
  attribute.attr = known.attr;
  return attribute;
}

/// Adds all values to a list that nobody gets, to see whether they can be.
bool ReplyBook::try_values(const Reply& reply) {
  bool whole = true;
  const radius::OwnList scratch(instance_);
  for (const ReplyItem& item : reply) {
    std::string fault;
    const std::optional<PackedAttribute> attribute = resolve(item, fault);
    if (!attribute) continue;  // which has been told
    std::string_view name = item.name;
    int32_t tag = RADIUS_NO_TAG;
    split_tag(name, tag);
    for (const ReplyValue& value : item.values) {
      const radius_status_t status = add(scratch.get(), *attribute, packed_value(value));
      if (status == RADIUS_ERR_LIMIT) return mistake(value.at, "the reply is too long");
      if (status == RADIUS_OK) continue;
      const radius_type_t type = look_up(name).type;
      if (status == RADIUS_ERR_RANGE && type == RADIUS_TYPE_TEXT)
        whole = mistake(value.at, "the text is too long for one attribute");
      else
        whole = mistake(value.at, std::string(name) + " takes " + std::string(what_it_takes(type)) + "; " +
                                      shown(value) + " is none");
    }
  }
  return whole;
}

const ReplyBook::Known& ReplyBook::look_up(std::string_view name) {
  const auto [entry, is_new] = known_.try_emplace(std::string(name));
  Known& known = entry->second;
  if (!is_new) return known;
  const radius::Dictionary dictionary = instance_.dictionary();
  if (const auto attr = dictionary.find(name)) {
    const radius_attr_info_t info = dictionary.describe(*attr);
    known = {*attr, info.data_type, info.flags};
  }
  return known;
}

radius_status_t ReplyBook::add(radius_list_t* list, const PackedAttribute& attribute, const PackedValue& value) const {
  const radius_lists_v1_t& lists = *instance_.host().lists;
  if (value.is_integer && value.integer >= 0)
    return lists.add_integer(list, attribute.attr, attribute.tag, static_cast<uint64_t>(value.integer));
  const std::string text = value.is_integer ? std::to_string(value.integer) : std::string(value.text);
  return lists.add_parsed(list, attribute.attr, attribute.tag, radius::to_text(text));
}

void ReplyBook::add_all(radius_list_t* list, std::string_view packed, std::string_view except) const {
  Unpacker unpacker(packed);
  while (!unpacker.at_end()) {
    const PackedAttribute attribute = unpacker.attribute();
    const bool replaced = mentions(except, attribute);
    for (uint32_t i = 0; i < attribute.values; ++i) {
      const PackedValue value = unpacker.value();
      if (!replaced) radius::require(add(list, attribute, value), "building a reply");
    }
  }
}

}  // namespace files
