// SPDX-License-Identifier: Apache-2.0
/// Attributes as text that a test can write down.
#pragma once

#include <string>

#include "packet/attribute_view.h"

namespace radhost::test {

/// The name, the tag behind ":", and a "!" where the value is invalid. An unknown attribute's name is its numbers,
/// "?vendor.top.type".
inline std::string shown_name(const AttributeView& view) {
  std::string name = view.definition == nullptr ? "?" + std::to_string(view.vendor) + "." + std::to_string(view.top) +
                                                      "." + std::to_string(view.type)
                                                : std::string(view.definition->name);
  if (view.tag != AttributeView::no_tag) name += ":" + std::to_string(view.tag);
  return name + (view.invalid ? "!" : "");
}

/// The same with the value, "name=hex ".
inline std::string shown(const AttributeView& view) { return shown_name(view) + "=" + to_hex(view.value) + " "; }

}  // namespace radhost::test
