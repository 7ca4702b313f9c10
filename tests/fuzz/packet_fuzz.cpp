// SPDX-License-Identifier: Apache-2.0
/// A datagram is decoded, and all that it holds is looked at: in order, by name, and from the middle.
#include "dictionary/notation.h"
#include "packet/packet.h"
#include "packet/received_attributes.h"
#include "small_dictionary.h"

using namespace radhost;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Dictionary& dictionary = fuzz::small_dictionary();
  static SharedSecret& secret = *new SharedSecret(octets_of("xyzzy5461"));
  static ReceivedAttributes& received = *new ReceivedAttributes;

  auto packet = Packet::decode({data, size});
  if (!packet.ok()) return 0;
  // A buffer of its own, so that a step behind the last attribute is seen.
  std::vector<uint8_t> octets(packet->attribute_octets().begin(), packet->attribute_octets().end());
  HidingKey key{secret, packet->authenticator()};
  received.begin(octets, dictionary.root(), &key);

  // From the middle first: what is seen must not depend on it.
  const AttributeDefinition& middle = *dictionary.by_id(static_cast<uint32_t>(size % dictionary.attribute_count() + 1));
  AttributeView view;
  for (bool more = received.find(middle, view); more; more = received.find_next(middle, view))
    FUZZ_ASSERT(!view.invalid);

  std::vector<size_t> seen(dictionary.attribute_count() + 1);
  for (bool more = received.first(view); more; more = received.next(view)) {
    FUZZ_ASSERT(packet->has(view.top));
    FUZZ_ASSERT(!received.raw(view).empty());
    FUZZ_ASSERT(!print_pair(dictionary, view).empty());
    if (view.definition != nullptr && !view.invalid) ++seen[view.definition->id];
    AttributeView child;
    while (next_tlv(view.definition, view.value, child)) FUZZ_ASSERT(!print_name(child).empty());
  }
  for (uint32_t id = 1; id <= dictionary.attribute_count(); ++id) {
    const AttributeDefinition& definition = *dictionary.by_id(id);
    for (bool more = received.find(definition, view); more; more = received.find_next(definition, view)) --seen[id];
    FUZZ_ASSERT(seen[id] == 0);
  }
  received.end();
  return 0;
}
