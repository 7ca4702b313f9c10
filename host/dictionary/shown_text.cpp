// SPDX-License-Identifier: Apache-2.0
#include "dictionary/shown_text.h"

#include "dictionary/list_text.h"
#include "dictionary/notation.h"
#include "packet/received_attributes.h"

namespace radhost {
namespace {

constexpr std::string_view between = " = ";

std::string without_secret(const Dictionary& dictionary, std::string pair) {
  size_t equals = pair.find(between);
  std::string_view name = std::string_view(pair).substr(0, equals);
  int tag = AttributeView::no_tag;
  split_tag(name, tag);
  const AttributeDefinition* attribute = dictionary.find(name);
  bool is_secret = attribute != nullptr && attribute->sensitive();
  return is_secret ? pair.substr(0, equals) + std::string(between) + "<hidden>" : pair;
}

std::vector<std::string> without_secrets(const Dictionary& dictionary, std::vector<std::string> pairs) {
  for (std::string& pair : pairs) pair = without_secret(dictionary, std::move(pair));
  return pairs;
}

}  // namespace

std::vector<std::string> shown_attributes(const Dictionary& dictionary, Octets attributes, const HidingKey* key) {
  ReceivedAttributes received;
  received.begin(attributes, dictionary.root(), key);
  std::vector<std::string> pairs;
  AttributeView view;
  for (bool more = received.first(view); more; more = received.next(view))
    print_pairs(dictionary, received, view, key != nullptr, pairs);
  received.end();
  return without_secrets(dictionary, std::move(pairs));
}

std::vector<std::string> shown_list(const Dictionary& dictionary, const AttributeList& list) {
  return without_secrets(dictionary, print_list(dictionary, list));
}

}  // namespace radhost
