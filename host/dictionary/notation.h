// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dictionary/dictionary.h"
#include "packet/attribute_list.h"
#include "packet/received_attributes.h"

namespace radhost {

/// Attributes as people write them: `User-Name = "bob"`, `Tunnel-Type:1 = VLAN`, `Attr-200 = 0x01`.

/// A value's text without quotes: the name of a number, where there is one.
std::string print_value(const Dictionary& dictionary, const AttributeDefinition& attribute, Octets value);

/// A value's octets from text without quotes. The error says what would be right.
Result<std::vector<uint8_t>, std::string> parse_value(const Dictionary& dictionary,
                                                      const AttributeDefinition& attribute, std::string_view text);

/// The name with its tag. Unknown attributes, and known ones with an invalid value, are named by their numbers.
/// `holder`: the TLV that it is a part of.
std::string print_name(const AttributeView& view, const AttributeDefinition* holder = nullptr);

/// `Name = value`, in a form that parse_pairs reads back.
std::string print_pair(const Dictionary& dictionary, const AttributeView& view,
                       const AttributeDefinition* holder = nullptr);

/// The same, and the parts of a TLV each for itself. What is hidden and was not revealed is shown as octets.
void print_pairs(const Dictionary& dictionary, ReceivedAttributes& received, AttributeView view, bool revealed,
                 std::vector<std::string>& pairs);

/// An attribute's numbers from the root, such as 26.311.25.
std::string path_of(const AttributeDefinition& attribute);

/// One pair of text: what was written, before the dictionary is asked.
struct Pair {
  std::string name;  ///< without tag
  int tag = AttributeView::no_tag;
  std::string value;  ///< unquoted, escapes resolved
};

/// Pairs, separated by commas or line ends. The error says what is wrong and where.
Result<std::vector<Pair>, std::string> parse_pairs(std::string_view text);

/// The attribute of a name, also of `Attr-200`, `Attr-241.1` and `Vendor-99999-Attr-1`; nullptr when there is none.
const AttributeDefinition* resolve_name(Dictionary& dictionary, std::string_view name);

/// Splits `Tunnel-Type:1` into name and tag; false when what follows the colon is no tag.
bool split_tag(std::string_view& name, int& tag);

/// Adds a pair to a list. Gives the reason when it cannot be; empty when all went well.
std::string add_pair(Dictionary& dictionary, const Pair& pair, AttributeList& list);

/// Adds pairs to a list: parts of one TLV that follow each other share it, as long as it has room.
std::string add_pairs(Dictionary& dictionary, const std::vector<Pair>& pairs, AttributeList& list);

/// Adds a value given as text, for an attribute that is known. Reasons as above.
std::string add_text(const Dictionary& dictionary, const AttributeDefinition& attribute, int tag, std::string_view text,
                     AttributeList& list);

}  // namespace radhost
