// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute_view.h"

namespace radhost {
namespace {

constexpr size_t tlv_header_size = 2;

}  // namespace

bool tlvs_fill(Octets value) {
  while (!value.empty()) {
    // RFC 6929 §2.3: a TLV-Length of 2 holds no value and is invalid.
    if (value.size() < tlv_header_size || value[1] <= tlv_header_size || value[1] > value.size()) return false;
    value = value.subspan(value[1]);
  }
  return true;
}

namespace {

/// Is a TLV's value, which is not empty, one of its definition?
bool fits(const AttributeDefinition& definition, Octets value) {
  if (definition.type == DataType::Tlv) return tlvs_fill(value);
  return definition.exact_size != 0 ? value.size() == definition.exact_size : is_valid(definition.type, value);
}

}  // namespace

bool next_tlv(const AttributeDefinition* parent, Octets value, AttributeView& child) {
  auto offset = static_cast<size_t>(child.cursor);
  if (offset >= value.size()) return false;
  Octets rest = value.subspan(offset);
  if (rest.size() < tlv_header_size || rest[1] <= tlv_header_size || rest[1] > rest.size()) return false;
  child = {};
  child.type = rest[0];
  child.cursor = offset + rest[1];
  child.value = rest.subspan(tlv_header_size, rest[1] - tlv_header_size);
  if (parent == nullptr) return true;
  child.vendor = parent->vendor;
  child.definition = parent->child(child.type);
  child.invalid = child.definition != nullptr && !fits(*child.definition, child.value);
  return true;
}

const AttributeDefinition* hidden_part(const AttributeView& view) {
  if (view.hidden()) return view.definition;
  if (view.definition == nullptr || !view.definition->holds_hidden) return nullptr;
  AttributeView child;
  while (next_tlv(view.definition, view.value, child))
    if (const AttributeDefinition* hidden = hidden_part(child)) return hidden;
  return nullptr;
}

}  // namespace radhost
