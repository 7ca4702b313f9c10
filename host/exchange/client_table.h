// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/address.h"
#include "exchange/client.h"

namespace radhost {

/// Finds the client of a source address: the longest prefix that holds it (RFC 2865 §3: the source address of the
/// packet chooses the secret, nothing else does). One open-addressed table for each prefix length that occurs, so a
/// look-up costs the same for one client and for a hundred thousand. Immutable once filled.
class ClientTable {
 public:
  /// Adds all prefixes of a client; an equal prefix that is there already stays with its first owner.
  void add(const std::vector<Prefix>& prefixes, std::shared_ptr<const Client> client);

  /// nullptr for a source that is no client.
  const Client* find(const IpAddress& source) const;

 private:
  struct Entry {
    IpAddress address;
    const Client* client = nullptr;
  };
  struct Length {
    IpAddress::Family family;
    uint8_t bits;
    size_t used = 0;
    std::vector<Entry> entries;  // a power of two, at most half full
  };
  static size_t hash(const IpAddress& address);
  static Entry& slot(Length& length, const IpAddress& address);
  static void insert(Length& length, const Entry& entry);
  Length& length_for(IpAddress::Family family, uint8_t bits);

  std::vector<Length> lengths_;  // longest first
  std::vector<std::shared_ptr<const Client>> owners_;
};

}  // namespace radhost
