// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "cli/load_template.h"

namespace mschap {
class Algorithms;
class Calculator;
}  // namespace mschap

namespace radhost {

/// Makes a load's requests. No two are the same, within a run or between runs, so that no cache of duplicates answers
/// for the server.
class LoadRequests {
 public:
  /// Borrows what it is given. `seed` makes what is random; the same seed makes the same requests again.
  LoadRequests(const LoadShape& shape, const SharedSecret& secret, uint64_t seed);
  LoadRequests(const LoadRequests&) = delete;
  LoadRequests& operator=(const LoadRequests&) = delete;
  ~LoadRequests();

  /// Encodes what all requests share. Empty when all went well, else the reason.
  std::string prepare(Dictionary& dictionary);

  /// How many octets the longest request has.
  size_t size_max() const;

  struct Next {
    uint64_t number = 0;     ///< in the run, from 0
    uint8_t identifier = 0;  ///< in RADIUS/1.1 the Token's last octet, which is unlike those of all that wait
    uint32_t now_s = 0;      ///< since 1970-01-01 UTC
  };
  /// Writes a request into a room of at least size_max() octets; gives the part that it fills.
  MutableOctets write(const Next& next, MutableOctets room);

 private:
  void fill_unique_fields(const LoadTemplate& shared, uint32_t now_s, MutableOctets packet);
  void put_token(const Next& next, MutableOctets packet) const;
  void fill_credentials(const LoadTemplate& shared, uint64_t user, MutableOctets packet);
  void fill_mschap(const LoadTemplate& shared, Octets password, MutableOctets packet);
  void draw(MutableOctets octets);

  const LoadShape& shape_;
  const SharedSecret& secret_;
  std::mt19937_64 random_;
  uint64_t unique_;
  uint32_t first_token_;
  std::vector<LoadTemplate> templates_;  // by the digits of the user's number
  std::unique_ptr<mschap::Algorithms> algorithms_;
  std::unique_ptr<mschap::Calculator> calculator_;
};

}  // namespace radhost
