// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute_view.h"

namespace radhost {
bool tlvs_fill(Octets value) {
  while (!value.empty()) {
    // RFC 6929 §2.3: a TLV-Length of 2 holds no value and is invalid.
    if (value.size() < tlv_header_size || value[1] <= tlv_header_size || value[1] > value.size()) return false;
    value = value.subspan(value[1]);
  }
  return true;
}

bool is_tlv_value(const AttributeDefinition& definition, Octets value) {
  if (definition.type == DataType::Tlv) return tlvs_fill(value);
  return definition.exact_size != 0 ? value.size() == definition.exact_size : is_valid(definition.type, value);
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
