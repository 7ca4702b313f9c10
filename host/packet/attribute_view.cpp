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

bool next_tlv(const AttributeDefinition* parent, Octets value, AttributeView& child) {
  Octets rest = value.subspan(std::min<size_t>(child.cursor, value.size()));
  if (rest.size() < tlv_header_size || rest[1] <= tlv_header_size || rest[1] > rest.size()) return false;
  uint64_t next = child.cursor + rest[1];
  child = {};
  child.type = rest[0];
  child.cursor = next;
  child.value = rest.subspan(tlv_header_size, rest[1] - tlv_header_size);
  child.definition = parent == nullptr ? nullptr : parent->child(child.type);
  if (parent != nullptr) child.vendor = parent->vendor;
  if (child.definition != nullptr) {
    DataType type = child.definition->type;
    uint16_t exact_size = child.definition->exact_size;
    bool fits = exact_size != 0 ? child.value.size() == exact_size : is_valid(type, child.value);
    child.invalid = !fits || (type == DataType::Tlv && !tlvs_fill(child.value));
  }
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
