// SPDX-License-Identifier: Apache-2.0
/// What another server says while it hands over is a message or none; what was read is written and read again as the same.
#include "exchange/duplicate_record.h"
#include "server/handover_messages.h"
#include "small_dictionary.h"

using namespace radhost;

namespace {

/// Octets of records, and what is left of them, come out as they went in.
void read_records(Octets octets) {
  DuplicateRecord record;
  for (Octets rest = octets; !rest.empty();) {
    Octets before = rest;
    if (!take_record(rest, record)) return;
    std::vector<uint8_t> again;
    write_record(record, again);
    Octets taken = before.first(before.size() - rest.size());
    FUZZ_ASSERT(again.size() == taken.size());
    DuplicateRecord same;
    Octets written = again;
    FUZZ_ASSERT(take_record(written, same) && same.answer == record.answer && same.key == record.key);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Octets octets{data, size};
  read_records(octets);
  if (auto told = HandoverRecords::parse(octets)) {
    for (const auto& [address, records] : told->records) read_records(records);
    auto again = HandoverRecords::parse(told->to_octets());
    FUZZ_ASSERT(again && again->worker == told->worker);
  }
  if (auto offer = HandoverOffer::parse(text_of(octets)))
    FUZZ_ASSERT(HandoverOffer::parse(offer->to_text())->addresses.size() == offer->addresses.size());
  if (auto wishes = HandoverWishes::parse(text_of(octets)))
    FUZZ_ASSERT(HandoverWishes::parse(wishes->to_text())->addresses == wishes->addresses);
  if (auto sockets = HandoverSockets::parse(text_of(octets)))
    FUZZ_ASSERT(HandoverSockets::parse(sockets->to_text())->by_worker == sockets->by_worker);
  static_cast<void>(HandoverHello::parse(text_of(octets)));
  return 0;
}
