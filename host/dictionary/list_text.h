// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "dictionary/dictionary.h"
#include "packet/attribute_list.h"

namespace radhost {

/// A list that handlers wrote, as pairs; hidden attributes and internal ones in clear text.
std::vector<std::string> print_list(const Dictionary& dictionary, const AttributeList& list);

}  // namespace radhost
