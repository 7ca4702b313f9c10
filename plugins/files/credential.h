// SPDX-License-Identifier: Apache-2.0
/// The ways in which a users file may know a password.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <stdint.h>

namespace files {

enum class CredentialKind : uint8_t {
  Cleartext,  // password
  Crypt,      // password_hash: a string of crypt(3)
  NtHash      // nt_hash: 16 octets
};

/// A credential's value as written, turned into what the control list holds, or the reason why it cannot be.
struct CredentialResult {
  std::optional<std::string> octets;
  std::string fault;
};
CredentialResult read_credential(CredentialKind kind, std::string_view written);

}  // namespace files
