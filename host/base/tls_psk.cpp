// SPDX-License-Identifier: Apache-2.0
#include "base/tls_psk.h"

#include <fstream>

namespace radhost {

std::optional<SecretOctets> read_psk_file(const std::string& path) {
  constexpr size_t size_max = 4096;
  std::ifstream stream(path, std::ios::binary);
  SecretOctets content(size_max);
  stream.read(reinterpret_cast<char*>(content.data()), size_max);
  if (!stream.eof()) return std::nullopt;
  content.resize(static_cast<size_t>(stream.gcount()));
  auto octets = from_hex(text_of(content));
  if (!octets) return content;
  SecretOctets key(octets->begin(), octets->end());
  wipe(*octets);
  return key;
}

}  // namespace radhost
