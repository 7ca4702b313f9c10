// SPDX-License-Identifier: Apache-2.0
#include "dictionary/notation.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

const AttributeDefinition* find(radius_instance_t* instance, radius_attr_t attr) {
  return instance == nullptr ? nullptr : static_cast<Instance*>(instance)->dictionary().by_id(attr);
}

radius_status_t resolve(radius_instance_t* instance, radius_text_t name, radius_attr_t* attr) {
  if (instance == nullptr || attr == nullptr) return RADIUS_ERR_INVALID;
  auto& asked = *static_cast<Instance*>(instance);
  // Attr-200 and its like are made when they are first asked for; later that would disturb those who read.
  const AttributeDefinition* found =
      asked.is_creating() ? resolve_name(asked.dictionary(), to_view(name)) : asked.dictionary().find(to_view(name));
  if (found == nullptr) return RADIUS_ERR_NOT_FOUND;
  *attr = found->id;
  return RADIUS_OK;
}

radius_status_t describe(radius_instance_t* instance, radius_attr_t attr, radius_attr_info_t* info) {
  const AttributeDefinition* definition = find(instance, attr);
  if (info == nullptr) return RADIUS_ERR_INVALID;
  if (definition == nullptr) return RADIUS_ERR_NOT_FOUND;
  uint32_t flags = 0;
  if (definition->tagged) flags |= RADIUS_ATTR_TAGGED;
  if (definition->sensitive()) flags |= RADIUS_ATTR_SENSITIVE;
  if (definition->internal) flags |= RADIUS_ATTR_INTERNAL;
  if (definition->concat) flags |= RADIUS_ATTR_CONCAT;
  if (definition->host_owned()) flags |= RADIUS_ATTR_HOST_OWNED;
  radius_attr_t parent = definition->parent == nullptr ? 0 : definition->parent->id;
  return fill_struct(*info, {sizeof *info, attr, parent, definition->vendor, definition->number, abi_type(definition),
                             flags, 0, to_text(definition->name)});
}

radius_status_t value_by_name(radius_instance_t* instance, radius_attr_t attr, radius_text_t name, uint64_t* value) {
  const AttributeDefinition* definition = find(instance, attr);
  if (definition == nullptr || value == nullptr) return RADIUS_ERR_INVALID;
  auto found = static_cast<Instance*>(instance)->dictionary().value_by_name(*definition, to_view(name));
  if (!found) return RADIUS_ERR_NOT_FOUND;
  *value = *found;
  return RADIUS_OK;
}

radius_status_t name_by_value(radius_instance_t* instance, radius_attr_t attr, uint64_t value, radius_text_t* name) {
  const AttributeDefinition* definition = find(instance, attr);
  if (definition == nullptr || name == nullptr) return RADIUS_ERR_INVALID;
  std::string_view found = static_cast<Instance*>(instance)->dictionary().name_by_value(*definition, value);
  if (found.empty()) return RADIUS_ERR_NOT_FOUND;
  *name = to_text(found);
  return RADIUS_OK;
}

/// Copies to the caller's buffer, and says how much it takes.
radius_status_t give(Octets from, void* to, uint64_t* length) {
  uint64_t room = to == nullptr ? 0 : *length;
  *length = from.size();
  if (room < from.size()) return RADIUS_ERR_LIMIT;
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
  return RADIUS_OK;
}

radius_status_t print(radius_instance_t* instance, radius_attr_t attr, const uint8_t* octets, uint64_t octets_length,
                      char* text, uint64_t* length) {
  const AttributeDefinition* definition = find(instance, attr);
  if (definition == nullptr || length == nullptr || (octets == nullptr && octets_length > 0)) return RADIUS_ERR_INVALID;
  Octets value(octets, static_cast<size_t>(octets_length));
  bool short_integer = definition->tagged_integer() && value.size() == 3;
  if (!short_integer && !is_valid(definition->type, value)) return RADIUS_ERR_TYPE;
  std::string printed = print_value(static_cast<Instance*>(instance)->dictionary(), *definition, value);
  return give(octets_of(printed), text, length);
}

radius_status_t parse(radius_instance_t* instance, radius_attr_t attr, radius_text_t text, uint8_t* octets,
                      uint64_t* length) {
  const AttributeDefinition* definition = find(instance, attr);
  if (definition == nullptr || length == nullptr) return RADIUS_ERR_INVALID;
  auto value = parse_value(static_cast<Instance*>(instance)->dictionary(), *definition, to_view(text));
  return value.ok() ? give(*value, octets, length) : RADIUS_ERR_RANGE;
}

radius_status_t suggest(radius_instance_t* instance, radius_text_t name, radius_text_t* nearest) {
  if (instance == nullptr || nearest == nullptr) return RADIUS_ERR_INVALID;
  const Dictionary& dictionary = static_cast<Instance*>(instance)->dictionary();
  std::vector<std::string_view> names;
  for (uint32_t id = 1; id <= dictionary.attribute_count(); ++id)
    if (const AttributeDefinition* known = dictionary.by_id(id)) names.push_back(known->name);
  std::string_view found = nearest_word(to_view(name), names);
  if (found.empty()) return RADIUS_ERR_NOT_FOUND;
  *nearest = to_text(found);
  return RADIUS_OK;
}

}  // namespace

const radius_dictionary_v1_t& dictionary_table() {
  static constexpr radius_dictionary_v1_t table{sizeof table,           0,
                                                guarded<resolve>,       guarded<describe>,
                                                guarded<value_by_name>, guarded<name_by_value>,
                                                guarded<print>,         guarded<parse>,
                                                guarded<suggest>};
  return table;
}

}  // namespace radhost
