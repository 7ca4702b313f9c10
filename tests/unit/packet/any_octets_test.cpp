// SPDX-License-Identifier: Apache-2.0
/// Whatever the octets are: nothing outside of them is read, and little memory is taken, none at all the second time.
#include <algorithm>

#include "catch.h"
#include "packet/allocations.h"
#include "packet/definitions.h"
#include "packet/hiding_fixture.h"
#include "packet/packet.h"
#include "packet/received_attributes.h"
#include "support/random_attributes.h"
#include "support/random_cases.h"

using namespace radhost;
using namespace radhost::test;

namespace {

/// Octets in an allocation of exactly their size, so that AddressSanitizer sees a step outside.
class ExactOctets {
 public:
  explicit ExactOctets(Octets octets) : size_(octets.size()), place_(new uint8_t[octets.size()]) {
    copy_octets({place_.get(), size_}, octets);
  }
  Octets octets() const { return {place_.get(), size_}; }

 private:
  size_t size_;
  std::unique_ptr<uint8_t[]> place_;
};

/// Well-formed packets, such that are damaged in places or cut, and noise.
std::vector<uint8_t> random_datagram(Random& random) {
  std::vector<uint8_t> datagram = random.one_in(8) ? random.octets(random.below(4200)) : random_packet(random);
  if (random.one_in(3)) return datagram;
  for (size_t count = random.below(5); count > 0 && !datagram.empty(); --count)
    datagram[random.below(datagram.size())] = random.octet();
  if (random.one_in(4)) datagram.resize(random.below(datagram.size() + 1));
  return datagram;
}

struct Fixture : HidingFixture {
  Definitions definitions;
  size_t read = 0;  ///< the sum of all octets that were shown

  /// Looks at everything in a datagram. Is it a packet?
  bool walk(Octets datagram, ReceivedAttributes& received) {
    auto packet = Packet::decode(datagram);
    if (!packet) return false;
    HidingKey packet_key{secret, packet->authenticator()};
    received.begin(packet->attribute_octets(), definitions.root, &packet_key);
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view)) {
      read_all(received.raw(view));
      read_tlvs(view);
    }
    for (const AttributeDefinition* wanted :
         {&definitions.ms_send_key, &definitions.eap_message, &definitions.long_evs_tlv})
      for (bool more = received.find(*wanted, view); more; more = received.find_next(*wanted, view)) read_tlvs(view);
    received.end();
    return true;
  }

 private:
  void read_all(Octets octets) {
    for (uint8_t octet : octets) read += octet;
  }
  void read_tlvs(const AttributeView& outer) {
    read_all(outer.value);
    AttributeView child;
    while (next_tlv(outer.definition, outer.value, child)) read_tlvs(child);
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "whatever the octets are, nothing outside of them is read") {
  ReceivedAttributes received;
  size_t packets = 0;
  for_random_cases(4000, [&](Random& random) {
    ExactOctets datagram(random_datagram(random));
    packets += walk(datagram.octets(), received) ? 1 : 0;
  });
  CHECK(packets > 1000);
  CHECK(read > 0);
}

TEST_CASE_METHOD(Fixture, "a packet is walked through with a bounded number of octets allocated") {
  constexpr size_t bound = 32 * Packet::maximum_size;
  size_t most = 0;
  for_random_cases(1000, [&](Random& random) {
    std::vector<uint8_t> datagram = random_packet(random);
    size_t before = octets_allocated();
    ReceivedAttributes received;
    walk(datagram, received);
    most = std::max(most, octets_allocated() - before);
  });
  if (most == 0) WARN("allocations are not counted here");
  CHECK(most <= bound);
}

TEST_CASE_METHOD(Fixture, "a packet of a shape that was seen before is walked through without an allocation") {
  ReceivedAttributes received;
  for_random_cases(1000, [&](Random& random) {
    std::vector<uint8_t> datagram = random_packet(random);
    walk(datagram, received);
    size_t before = octets_allocated();
    walk(datagram, received);
    CHECK(octets_allocated() == before);
  });
}
