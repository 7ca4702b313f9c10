// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "dictionary/dictionary.h"
#include "packet/attribute_list.h"
#include "packet/hidden.h"

namespace radhost {

// Attributes as pairs for people who look on: a value that is hidden on the wire, or otherwise not to be shown, is
// "<hidden>".

/// Of a packet. `key`: by which hidden values are revealed, so that they can be told by name; nullptr for none.
std::vector<std::string> shown_attributes(const Dictionary& dictionary, Octets attributes, const HidingKey* key);

/// Of a list that handlers wrote.
std::vector<std::string> shown_list(const Dictionary& dictionary, const AttributeList& list);

}  // namespace radhost
