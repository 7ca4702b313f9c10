// SPDX-License-Identifier: Apache-2.0
#include "dictionary/list_text.h"

#include "dictionary/notation.h"
#include "packet/encode.h"

namespace radhost {
namespace {

/// What has parts, or was added raw, is told as it would be on the wire. Gives the number of what comes after it.
size_t print_encoded(const Dictionary& dictionary, const AttributeList& list, size_t index,
                     std::vector<std::string>& pairs) {
  std::array<uint8_t, 4096> octets;
  Writer writer(octets);
  SaltSource salts(0);
  EncodeResult encoded = encode_attribute(list, index, nullptr, salts, writer);
  if (encoded.error || !writer.ok()) {
    const AttributeDefinition* definition = list.at(index).definition;
    pairs.push_back((definition == nullptr ? "an attribute" : std::string(definition->name)) + " cannot be encoded");
    return index + 1;
  }
  ReceivedAttributes received;
  received.begin(Octets(octets).first(writer.size()), dictionary.root(), nullptr);
  AttributeView view;
  for (bool more = received.first(view); more; more = received.next(view))
    print_pairs(dictionary, received, view, true, pairs);
  received.end();
  return encoded.next;
}

}  // namespace

std::vector<std::string> print_list(const Dictionary& dictionary, const AttributeList& list) {
  std::vector<std::string> pairs;
  for (size_t i = 0; i < list.size();) {
    AttributeView view = list.at(i);
    bool is_plain = view.definition != nullptr && view.definition->type != DataType::Tlv;
    if (is_plain) {
      pairs.push_back(print_pair(dictionary, view));
      ++i;
    } else {
      i = print_encoded(dictionary, list, i, pairs);
    }
  }
  return pairs;
}

}  // namespace radhost
