// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/octets.h"
#include "base/tls_version.h"

namespace radhost {

/// A pre-shared key, and the one version of TLS that it is for (RFC 9813 §4.1.1).
struct TlsPsk {
  static constexpr size_t key_min = 16;
  static constexpr size_t key_max = 256;       // what OpenSSL takes in TLS 1.2
  static constexpr size_t identity_max = 128;  // the same

  std::string identity;
  SecretOctets key;
  TlsVersion version = TlsVersion::V1_3;
};

/// The key that a file holds: in hexadecimal, with blanks and line ends where they may be, or else as it is (RFC 9813
/// §4.1.1). Nothing when the file cannot be read, or holds more than any key.
std::optional<SecretOctets> read_psk_file(const std::string& path);

}  // namespace radhost
