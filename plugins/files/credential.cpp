// SPDX-License-Identifier: Apache-2.0
#include "credential.h"

namespace files {
namespace {

/// A method of crypt(3), and how many characters its hash has at the string's end.
struct Method {
  std::string_view prefix;
  size_t hash_length;
};
constexpr Method methods[] = {{"$5$", 43}, {"$6$", 86}, {"$y$", 43}};

constexpr std::string_view crypt_characters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

CredentialResult fault(std::string_view text) { return {std::nullopt, std::string(text)}; }

CredentialResult read_crypt(std::string_view written) {
  for (const Method& method : methods) {
    if (!written.starts_with(method.prefix)) continue;
    // $method$[parameters$]salt$hash: a string that was cut short would never fit any password.
    const std::string_view hash = written.substr(written.rfind('$') + 1);
    if (hash.size() != method.hash_length || hash.find_first_not_of(crypt_characters) != std::string_view::npos ||
        written.size() - hash.size() <= method.prefix.size())
      return fault("this crypt hash is not complete");
    return {std::string(written), {}};
  }
  return fault("a crypt hash begins with $5$, $6$ or $y$");
}

int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

CredentialResult read_nt_hash(std::string_view written) {
  constexpr std::string_view rule = "an NT hash is 32 hexadecimal digits";
  if (written.size() != 32) return fault(rule);
  std::string octets;
  for (size_t i = 0; i < written.size(); i += 2) {
    const int high = digit_value(written[i]);
    const int low = digit_value(written[i + 1]);
    if (high < 0 || low < 0) return fault(rule);
    octets.push_back(static_cast<char>(high << 4 | low));
  }
  return {octets, {}};
}

}  // namespace

CredentialResult read_credential(CredentialKind kind, std::string_view written) {
  switch (kind) {
    // RFC 2865 §5.2: an empty password is one block of hidden zeros, and some devices send it.
    case CredentialKind::Cleartext: return {std::string(written), {}};
    case CredentialKind::Crypt: return read_crypt(written);
    case CredentialKind::NtHash: return read_nt_hash(written);
  }
  return fault("this is no credential");
}

}  // namespace files
