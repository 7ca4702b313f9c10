// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/digest.h"

namespace radhost {

/// A client's shared secret, with the HMAC key made from it once. Wiped at its end; never printed.
class SharedSecret {
 public:
  SharedSecret(Octets secret) : octets_(secret.begin(), secret.end()), hmac_key_(HmacMd5Key(secret)) {}
  SharedSecret(const SharedSecret&) = delete;
  SharedSecret& operator=(const SharedSecret&) = delete;
  ~SharedSecret() { wipe(octets_); }

  Octets octets() const { return octets_; }
  const HmacMd5Key& hmac_key() const { return hmac_key_; }

 private:
  std::vector<uint8_t> octets_;
  HmacMd5Key hmac_key_;
};

}  // namespace radhost
