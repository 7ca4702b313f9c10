// SPDX-License-Identifier: Apache-2.0
/// Received attributes, hidden ones among them, are copied to a list that is encoded for somebody else: who receives it
/// reads the same.
#include "packet/authenticator.h"
#include "packet/packet.h"
#include "packet/received_attributes.h"
#include "small_dictionary.h"
#include "support/encode_list.h"

using namespace radhost;

namespace {

void write(const AttributeView& view, std::string& text) {
  text += std::to_string(view.top) + "." + std::to_string(view.vendor) + "." + std::to_string(view.type) + ":" +
          std::to_string(view.tag) + (view.invalid ? "!" : "=");
}

void write_value(ReceivedAttributes& received, const AttributeView& view, std::string& text) {
  write(view, text);
  // The octets of a TLV change with every hiding of what it holds.
  if (view.invalid || view.definition == nullptr || !view.definition->holds_hidden) {
    text += to_hex(view.value) + "\n";
    return;
  }
  AttributeView child;
  while (received.next_child(view, child)) write_value(received, child, text);
}

std::string values(ReceivedAttributes& received) {
  std::string text;
  AttributeView view;
  for (bool more = received.first(view); more; more = received.next(view)) write_value(received, view, text);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Octets octets{data, size};
  if (size > Packet::maximum_size - Packet::header_size || !attributes_fill(octets)) return 0;
  Dictionary& dictionary = fuzz::small_dictionary();
  static SharedSecret secret(octets_of("testing123"));
  Authenticator authenticator{1, 2, 3};
  HidingKey key{secret, authenticator};

  ReceivedAttributes received;
  received.begin(octets, dictionary.root(), &key);
  std::string before = values(received);
  AttributeList list;
  FUZZ_ASSERT(!received.copy_to(list));

  std::vector<uint8_t> buffer(65536);
  Writer writer(buffer);
  SaltSource salts(1);
  FUZZ_ASSERT(!test::encode_list(list, &key, salts, writer));
  FUZZ_ASSERT(attributes_fill(writer.written()));
  ReceivedAttributes again;
  again.begin(writer.written(), dictionary.root(), &key);
  FUZZ_ASSERT(values(again) == before);
  return 0;
}
