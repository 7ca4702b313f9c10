// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/attribute_list.h"
#include "packet/definitions.h"
#include "support/random.h"

namespace radhost::test {

/// Fills a list with random attributes that fit one packet: every data type, tags, hidden values, TLVs in TLVs,
/// vendors' attributes alone and sharing one, long values that are split. Left out is what does not come back as it
/// went: a tag of 0 comes back as none, several values of a concat attribute as one, a continued one (WiMAX) as
/// several.
void fill_with_random(Random& random, const Definitions& definitions, AttributeList& list);

}  // namespace radhost::test
