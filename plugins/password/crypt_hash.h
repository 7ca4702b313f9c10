// SPDX-License-Identifier: Apache-2.0
/// Passwords against the strings of crypt(3).
#pragma once

#include <memory>
#include <string_view>

struct crypt_data;

namespace password {

/// Belongs to one thread: crypt_rn(3) needs 32 KiB to work in.
class Crypt {
 public:
  Crypt();
  Crypt(const Crypt&) = delete;
  Crypt& operator=(const Crypt&) = delete;
  ~Crypt();

  /// Does `password` give `hash`? As slow as the hash was made to be.
  [[nodiscard]] bool verify(std::string_view password, std::string_view hash);

 private:
  std::unique_ptr<crypt_data> data_;
};

}  // namespace password
