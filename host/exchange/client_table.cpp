// SPDX-License-Identifier: Apache-2.0
#include "exchange/client_table.h"

#include <algorithm>
#include <cstring>

namespace radhost {
namespace {

constexpr size_t first_size = 8;

}  // namespace

size_t ClientTable::hash(const IpAddress& address) {
  uint64_t words[2];
  std::memcpy(words, address.octets.data(), sizeof words);
  uint64_t mixed = (words[0] ^ (words[1] * 0x9e3779b97f4a7c15ull)) * 0xff51afd7ed558ccdull;
  return static_cast<size_t>(mixed ^ (mixed >> 32));
}

/// The entry of an address, or the empty one where it would go.
ClientTable::Entry& ClientTable::slot(Length& length, const IpAddress& address) {
  size_t mask = length.entries.size() - 1;
  size_t at = hash(address) & mask;
  while (length.entries[at].client != nullptr && length.entries[at].address != address) at = (at + 1) & mask;
  return length.entries[at];
}

void ClientTable::insert(Length& length, const Entry& entry) {
  if (length.used * 2 >= length.entries.size()) {
    std::vector<Entry> old = std::exchange(length.entries, std::vector<Entry>(length.entries.size() * 2));
    for (const Entry& moved : old)
      if (moved.client != nullptr) slot(length, moved.address) = moved;
  }
  Entry& place = slot(length, entry.address);
  if (place.client != nullptr) return;
  place = entry;
  ++length.used;
}

ClientTable::Length& ClientTable::length_for(IpAddress::Family family, uint8_t bits) {
  for (Length& length : lengths_)
    if (length.family == family && length.bits == bits) return length;
  auto place = std::find_if(lengths_.begin(), lengths_.end(), [&](const Length& other) { return other.bits < bits; });
  return *lengths_.insert(place, Length{family, bits, 0, std::vector<Entry>(first_size)});
}

void ClientTable::add(const std::vector<Prefix>& prefixes, std::shared_ptr<const Client> client) {
  for (const Prefix& prefix : prefixes)
    insert(length_for(prefix.address.family, prefix.length), {prefix.address, client.get()});
  owners_.push_back(std::move(client));
}

const Client* ClientTable::find(const IpAddress& source) const {
  for (const Length& length : lengths_) {
    if (length.family != source.family) continue;
    IpAddress wanted = masked(source, length.bits);
    size_t mask = length.entries.size() - 1;
    for (size_t at = hash(wanted) & mask; length.entries[at].client != nullptr; at = (at + 1) & mask)
      if (length.entries[at].address == wanted) return length.entries[at].client;
  }
  return nullptr;
}

}  // namespace radhost
