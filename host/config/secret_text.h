// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/octets.h"

namespace radhost {

/// Text that is never shown, and wiped at its end.
class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string text) : text_(std::move(text)) {}
  SecretText(const SecretText&) = default;
  SecretText& operator=(const SecretText&) = default;
  // A moved-from string may keep its octets, so there is no moving: copies are made, and each is wiped.
  ~SecretText() { wipe({reinterpret_cast<uint8_t*>(text_.data()), text_.size()}); }

  bool empty() const { return text_.empty(); }
  Octets octets() const { return octets_of(text_); }
  bool operator==(const SecretText& other) const { return text_ == other.text_; }

 private:
  std::string text_;
};

}  // namespace radhost
