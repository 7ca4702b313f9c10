// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "base/reader.h"
#include "dictionary/notation.h"
#include "packet/attribute.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

constexpr uint8_t no_octets = 0;

void fill(radius_view_t& view, const AttributeView& from) {
  uint16_t flags = 0;
  if (from.tag != AttributeView::no_tag) flags |= RADIUS_VIEW_TAGGED;
  if (from.sensitive()) flags |= RADIUS_VIEW_SENSITIVE;
  if (from.invalid) flags |= RADIUS_VIEW_INVALID;
  if (from.definition != nullptr && from.definition->internal) flags |= RADIUS_VIEW_INTERNAL;
  view = {};
  view.attr = from.definition == nullptr ? 0 : from.definition->id;
  view.vendor = from.vendor;
  view.number = from.type;
  view.flags = flags;
  view.top = from.top;
  view.tag = from.tag == AttributeView::no_tag ? uint8_t{0} : static_cast<uint8_t>(from.tag);
  view.data = from.value.empty() ? &no_octets : from.value.data();
  view.length = static_cast<uint32_t>(from.value.size());
  view.data_type = abi_type(from.definition);
  view.cursor = from.cursor;
}

radius_status_t found(bool there, radius_view_t* view, const AttributeView& from) {
  if (!there) return RADIUS_ERR_NOT_FOUND;
  fill(*view, from);
  return RADIUS_OK;
}

AttributeView at_cursor(const radius_view_t& view) {
  AttributeView at;
  at.cursor = view.cursor;
  return at;
}

// Reading

radius_status_t first(const radius_list_t* list, radius_view_t* view) {
  if (list == nullptr || view == nullptr) return RADIUS_ERR_INVALID;
  AttributeView at;
  if (list->received != nullptr) return found(list->received->first(at), view, at);
  if (list->written->empty()) return RADIUS_ERR_NOT_FOUND;
  return found(true, view, list->written->at(0));
}

radius_status_t next(const radius_list_t* list, radius_view_t* view) {
  if (list == nullptr || view == nullptr) return RADIUS_ERR_INVALID;
  AttributeView at = at_cursor(*view);
  if (list->received != nullptr) return found(list->received->next(at), view, at);
  if (at.cursor + 1 >= list->written->size()) return RADIUS_ERR_NOT_FOUND;
  return found(true, view, list->written->at(static_cast<size_t>(at.cursor) + 1));
}

radius_status_t find(const radius_list_t* list, radius_attr_t attr, radius_view_t* view) {
  if (list == nullptr || view == nullptr) return RADIUS_ERR_INVALID;
  const AttributeDefinition* definition = list->dictionary->by_id(attr);
  if (definition == nullptr) return RADIUS_ERR_NOT_FOUND;
  AttributeView at;
  bool there = list->received != nullptr ? list->received->find(*definition, at) : list->written->find(*definition, at);
  return found(there, view, at);
}

radius_status_t find_next(const radius_list_t* list, radius_attr_t attr, radius_view_t* view) {
  if (list == nullptr || view == nullptr) return RADIUS_ERR_INVALID;
  const AttributeDefinition* definition = list->dictionary->by_id(attr);
  if (definition == nullptr) return RADIUS_ERR_NOT_FOUND;
  AttributeView at = at_cursor(*view);
  bool there = list->received != nullptr ? list->received->find_next(*definition, at)
                                         : list->written->find(*definition, at, static_cast<size_t>(view->cursor) + 1);
  return found(there, view, at);
}

radius_status_t child_from(const radius_list_t* list, const radius_view_t* parent, uint64_t cursor,
                           radius_view_t* child) {
  if (list == nullptr || parent == nullptr || child == nullptr) return RADIUS_ERR_INVALID;
  const AttributeDefinition* definition = list->dictionary->by_id(parent->attr);
  if (definition == nullptr || definition->type != DataType::Tlv) return RADIUS_ERR_TYPE;
  AttributeView at;
  at.cursor = cursor;
  AttributeView holder;
  holder.definition = definition;
  holder.top = parent->top;
  holder.value = Octets(parent->data, parent->length);
  bool there =
      list->received != nullptr ? list->received->next_child(holder, at) : next_tlv(definition, holder.value, at);
  at.top = parent->top;
  return found(there, child, at);
}

radius_status_t first_child(const radius_list_t* list, const radius_view_t* parent, radius_view_t* child) {
  return child_from(list, parent, 0, child);
}

radius_status_t next_child(const radius_list_t* list, const radius_view_t* parent, radius_view_t* child) {
  return child_from(list, parent, child == nullptr ? 0 : child->cursor, child);
}

radius_status_t raw(const radius_list_t* list, const radius_view_t* view, const uint8_t** octets, uint32_t* length) {
  if (list == nullptr || view == nullptr || octets == nullptr || length == nullptr) return RADIUS_ERR_INVALID;
  if (list->received == nullptr) return RADIUS_ERR_STATE;
  Octets whole = list->received->raw(at_cursor(*view));
  if (whole.empty()) return RADIUS_ERR_NOT_FOUND;
  *octets = whole.data();
  *length = static_cast<uint32_t>(whole.size());
  return RADIUS_OK;
}

// Values

radius_status_t read_integer(const radius_view_t* view, uint64_t* value) {
  if (view == nullptr || value == nullptr) return RADIUS_ERR_INVALID;
  bool fits = (view->length >= 1 && view->length <= 4) || view->length == 8;
  if (!fits) return RADIUS_ERR_TYPE;
  *value = get_uint_be({view->data, view->length});
  return RADIUS_OK;
}

template <size_t size>
radius_status_t read_fixed(const radius_view_t* view, uint8_t* octets) {
  if (view == nullptr || octets == nullptr) return RADIUS_ERR_INVALID;
  if (view->length != size) return RADIUS_ERR_TYPE;
  std::memcpy(octets, view->data, size);
  return RADIUS_OK;
}

radius_status_t read_prefix(const radius_view_t* view, uint8_t address[16], uint32_t* prefix_length, int32_t* is_ipv6) {
  if (view == nullptr || address == nullptr || prefix_length == nullptr || is_ipv6 == nullptr)
    return RADIUS_ERR_INVALID;
  bool ipv4 = view->data_type == RADIUS_TYPE_IPV4_PREFIX;
  Octets octets(view->data, view->length);
  if (!ipv4 && view->data_type != RADIUS_TYPE_IPV6_PREFIX) return RADIUS_ERR_TYPE;
  if (!is_valid(ipv4 ? DataType::Ipv4Prefix : DataType::Ipv6Prefix, octets)) return RADIUS_ERR_TYPE;
  std::memset(address, 0, 16);
  std::memcpy(address, octets.data() + 2, octets.size() - 2);
  *prefix_length = octets[1];
  *is_ipv6 = ipv4 ? 0 : 1;
  return RADIUS_OK;
}

// Writing

radius_status_t status_of(AttributeList::Outcome outcome) {
  if (!outcome) return RADIUS_OK;
  switch (*outcome) {
    case ListError::Type: return RADIUS_ERR_TYPE;
    case ListError::Range: return RADIUS_ERR_RANGE;
    case ListError::Limit: return RADIUS_ERR_LIMIT;
    case ListError::State: return RADIUS_ERR_STATE;
  }
  return RADIUS_ERR_INTERNAL;
}

/// May this attribute be written to this list? Then its definition.
radius_status_t writable(const radius_list_t* list, radius_attr_t attr, const AttributeDefinition*& definition) {
  if (list == nullptr) return RADIUS_ERR_INVALID;
  if (list->written == nullptr) return RADIUS_ERR_READ_ONLY;
  definition = list->dictionary->by_id(attr);
  if (definition == nullptr) return RADIUS_ERR_INVALID;
  if (definition->host_owned()) return RADIUS_ERR_HOST_OWNED;
  if (definition->internal && !list->may_be_internal) return RADIUS_ERR_INVALID;
  return RADIUS_OK;
}

/// RFC 2869 §5.16: an Acct-Interim-Interval must not be smaller than 60 seconds. What others sent may be, and is
/// copied.
bool is_too_often(const AttributeDefinition& definition, uint64_t seconds) {
  constexpr uint64_t least = 60;
  bool is_interval = definition.number == attribute_type::acct_interim_interval && definition.parent != nullptr &&
                     definition.parent->type == DataType::Root;
  return is_interval && seconds < least;
}

radius_status_t add(radius_list_t& list, const AttributeDefinition& definition, int32_t tag, Octets value) {
  if (value.size() == 4 && is_too_often(definition, get_uint32be(value))) return RADIUS_ERR_RANGE;
  return status_of(list.written->add(definition, value, tag));
}

radius_status_t add_value(radius_list_t* list, radius_attr_t attr, int32_t tag, Octets value) {
  const AttributeDefinition* definition = nullptr;
  radius_status_t status = writable(list, attr, definition);
  return status == RADIUS_OK ? add(*list, *definition, tag, value) : status;
}

/// The same, for an attribute of one of these data types.
radius_status_t add_typed(radius_list_t* list, radius_attr_t attr, int32_t tag, Octets value,
                          std::initializer_list<DataType> types) {
  const AttributeDefinition* definition = nullptr;
  radius_status_t status = writable(list, attr, definition);
  if (status != RADIUS_OK) return status;
  for (DataType type : types)
    if (definition->type == type) return add(*list, *definition, tag, value);
  return RADIUS_ERR_TYPE;
}

radius_status_t add_integer(radius_list_t* list, radius_attr_t attr, int32_t tag, uint64_t value) {
  const AttributeDefinition* definition = nullptr;
  radius_status_t status = writable(list, attr, definition);
  if (status != RADIUS_OK) return status;
  if (is_too_often(*definition, value)) return RADIUS_ERR_RANGE;
  return status_of(list->written->add_integer(*definition, value, tag));
}

radius_status_t add_octets(radius_list_t* list, radius_attr_t attr, int32_t tag, const uint8_t* octets,
                           uint64_t length) {
  if (octets == nullptr && length > 0) return RADIUS_ERR_INVALID;
  return add_value(list, attr, tag, {octets, static_cast<size_t>(length)});
}

radius_status_t add_ipv4(radius_list_t* list, radius_attr_t attr, int32_t tag, const uint8_t address[4]) {
  if (address == nullptr) return RADIUS_ERR_INVALID;
  return add_typed(list, attr, tag, {address, 4}, {DataType::Ipv4Address, DataType::ComboIp});
}

radius_status_t add_ipv6(radius_list_t* list, radius_attr_t attr, int32_t tag, const uint8_t address[16]) {
  if (address == nullptr) return RADIUS_ERR_INVALID;
  return add_typed(list, attr, tag, {address, 16}, {DataType::Ipv6Address, DataType::ComboIp});
}

radius_status_t add_ifid(radius_list_t* list, radius_attr_t attr, int32_t tag, const uint8_t ifid[8]) {
  if (ifid == nullptr) return RADIUS_ERR_INVALID;
  return add_typed(list, attr, tag, {ifid, 8}, {DataType::Ifid});
}

radius_status_t add_prefix(radius_list_t* list, radius_attr_t attr, int32_t tag, const uint8_t* address,
                           uint32_t address_length, uint32_t prefix_length) {
  const AttributeDefinition* definition = nullptr;
  radius_status_t status = writable(list, attr, definition);
  if (status != RADIUS_OK || address == nullptr) return status != RADIUS_OK ? status : RADIUS_ERR_INVALID;
  bool ipv4 = definition->type == DataType::Ipv4Prefix;
  if (!ipv4 && definition->type != DataType::Ipv6Prefix) return RADIUS_ERR_TYPE;
  if (address_length != 4 && address_length != 16) return RADIUS_ERR_RANGE;
  if (ipv4 != (address_length == 4)) return RADIUS_ERR_TYPE;
  IpAddress full{ipv4 ? IpAddress::Family::V4 : IpAddress::Family::V6, {}};
  if (prefix_length > full.bits()) return RADIUS_ERR_RANGE;
  std::memcpy(full.octets.data(), address, address_length);
  Prefix prefix{masked(full, prefix_length), static_cast<uint8_t>(prefix_length)};
  auto value = parse_value(definition->type, prefix.to_text());
  return value.ok() ? add(*list, *definition, tag, *value) : RADIUS_ERR_RANGE;
}

radius_status_t add_parsed(radius_list_t* list, radius_attr_t attr, int32_t tag, radius_text_t text) {
  const AttributeDefinition* definition = nullptr;
  radius_status_t status = writable(list, attr, definition);
  if (status != RADIUS_OK) return status;
  auto value = parse_value(*list->dictionary, *definition, to_view(text));
  return value.ok() ? add(*list, *definition, tag, *value) : RADIUS_ERR_RANGE;
}

radius_status_t add_named(radius_list_t* list, radius_text_t name, radius_text_t text) {
  if (list == nullptr) return RADIUS_ERR_INVALID;
  std::string_view bare = to_view(name);
  int tag = RADIUS_NO_TAG;
  if (!split_tag(bare, tag)) return RADIUS_ERR_RANGE;
  const AttributeDefinition* definition = list->dictionary->find(bare);
  if (definition == nullptr) return RADIUS_ERR_NOT_FOUND;
  return add_parsed(list, definition->id, tag, text);
}

radius_status_t begin_group(radius_list_t* list, radius_attr_t attr) {
  const AttributeDefinition* definition = nullptr;
  radius_status_t status = writable(list, attr, definition);
  return status == RADIUS_OK ? status_of(list->written->begin_group(*definition)) : status;
}

radius_status_t end_group(radius_list_t* list) {
  if (list == nullptr) return RADIUS_ERR_INVALID;
  return list->written == nullptr ? RADIUS_ERR_READ_ONLY : status_of(list->written->end_group());
}

radius_status_t remove(radius_list_t* list, radius_attr_t attr, uint64_t* removed) {
  const AttributeDefinition* definition = nullptr;
  radius_status_t status = writable(list, attr, definition);
  if (status != RADIUS_OK) return status;
  if (list->written->has_open_group()) return RADIUS_ERR_STATE;
  uint64_t count = list->written->remove(*definition);
  if (removed != nullptr) *removed = count;
  return RADIUS_OK;
}

// Lists of the module's own

radius_status_t create_list(radius_instance_t* instance, radius_list_t** list) {
  if (instance == nullptr || list == nullptr) return RADIUS_ERR_INVALID;
  auto& maker = *static_cast<Instance*>(instance);
  auto own = std::make_unique<AttributeList>();
  auto* storage = own.get();
  std::unique_ptr<radius_list> made(
      new radius_list{nullptr, storage, &maker.dictionary(), true, std::move(own), &maker, nullptr});
  *list = maker.own_lists().keep(std::move(made));
  return RADIUS_OK;
}

void destroy_list(radius_list_t* list) {
  // A request's lists are not the module's to end.
  if (list != nullptr && list->maker != nullptr) list->maker->own_lists().end(list);
}

bool has_internal(const AttributeList& list) {
  for (size_t i = 0; i < list.size(); ++i)
    if (const AttributeDefinition* definition = list.at(i).definition; definition != nullptr && definition->internal)
      return true;
  return false;
}

radius_status_t append(radius_list_t* list, const radius_list_t* from) {
  if (list == nullptr || from == nullptr) return RADIUS_ERR_INVALID;
  if (list->written == nullptr) return RADIUS_ERR_READ_ONLY;
  // What is not understood is copied octet for octet; what the host owns it writes itself.
  if (from->received != nullptr) return status_of(from->received->copy_to(*list->written, true));
  if (list->written == from->written) return RADIUS_ERR_INVALID;
  if (!list->may_be_internal && from->may_be_internal && has_internal(*from->written)) return RADIUS_ERR_INVALID;
  return status_of(list->written->append(*from->written));
}

radius_status_t prebuild(radius_instance_t* instance, const radius_list_t* list, radius_prebuilt_t** prebuilt) {
  if (instance == nullptr || list == nullptr || list->written == nullptr || prebuilt == nullptr)
    return RADIUS_ERR_INVALID;
  auto& maker = *static_cast<Instance*>(instance);
  if (!maker.is_creating()) return RADIUS_ERR_STATE;
  auto made = std::make_unique<radius_prebuilt>();
  made->instance = &maker;
  if (auto outcome = made->list.append(*list->written)) return status_of(outcome);
  made->has_internal = has_internal(made->list);
  *prebuilt = maker.keep_prebuilt(std::move(made));
  return RADIUS_OK;
}

radius_status_t append_prebuilt(radius_list_t* list, const radius_prebuilt_t* prebuilt) {
  if (list == nullptr || prebuilt == nullptr) return RADIUS_ERR_INVALID;
  if (list->written == nullptr) return RADIUS_ERR_READ_ONLY;
  if (prebuilt->has_internal && !list->may_be_internal) return RADIUS_ERR_INVALID;
  return status_of(list->written->append(prebuilt->list));
}

radius_status_t destroy_prebuilt(radius_instance_t* instance, radius_prebuilt_t* prebuilt) {
  if (instance == nullptr || prebuilt == nullptr) return RADIUS_ERR_INVALID;
  if (!static_cast<Instance*>(instance)->is_creating()) return RADIUS_ERR_STATE;
  return static_cast<Instance*>(instance)->drop_prebuilt(prebuilt) ? RADIUS_OK : RADIUS_ERR_NOT_FOUND;
}

}  // namespace

const radius_lists_v1_t& lists_table() {
  static constexpr radius_lists_v1_t table{sizeof table,
                                           0,
                                           guarded<first>,
                                           guarded<next>,
                                           guarded<find>,
                                           guarded<find_next>,
                                           guarded<first_child>,
                                           guarded<next_child>,
                                           guarded<raw>,
                                           guarded<read_integer>,
                                           guarded<read_fixed<4>>,
                                           guarded<read_fixed<16>>,
                                           guarded<read_prefix>,
                                           guarded<read_fixed<8>>,
                                           guarded<add_integer>,
                                           guarded<add_octets>,
                                           guarded<add_ipv4>,
                                           guarded<add_ipv6>,
                                           guarded<add_prefix>,
                                           guarded<add_ifid>,
                                           guarded<add_parsed>,
                                           guarded<add_named>,
                                           guarded<begin_group>,
                                           guarded<end_group>,
                                           guarded<remove>,
                                           guarded<create_list>,
                                           guarded<destroy_list>,
                                           guarded<append>,
                                           guarded<prebuild>,
                                           guarded<destroy_prebuilt>,
                                           guarded<append_prebuilt>};
  return table;
}

}  // namespace radhost
