// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"

struct x509_st;

namespace radhost {

/// Who the other end of a TLS connection has proven to be: by a certificate that was verified, or by a pre-shared key
/// (RFC 6614 §2.4). All empty where it has proven nothing.
struct TlsPeer {
  std::vector<std::string> san_dns;
  std::vector<IpAddress> san_ip;
  std::string subject_cn;
  std::string subject;             ///< RFC 2253's form, and so the next
  std::string issuer;
  std::string serial;              ///< hexadecimal
  std::string fingerprint_sha256;  ///< lower-case hexadecimal
  std::string psk_identity;

  bool has_certificate() const { return !fingerprint_sha256.empty(); }

  /// What a certificate says of its holder. A name that holds a zero octet, or is not text, is left out.
  static TlsPeer of(const x509_st& certificate);
};

/// A distinguished name may be written in upper or lower case, with or without blanks after commas.
bool is_same_name(std::string_view one, std::string_view other);
/// DNS names know no case; a wildcard in `pattern` stands for one whole label, the first (RFC 6125 §6.4.3).
bool is_dns_match(std::string_view pattern, std::string_view name);

}  // namespace radhost
