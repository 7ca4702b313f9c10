// SPDX-License-Identifier: Apache-2.0
#include "cli/tls_option.h"

namespace radhost {
namespace {

constexpr char file_mark = '@';

}  // namespace

Result<TlsPsk, std::string> parse_psk(const std::string& text) {
  // An identity may have colons of its own, hexadecimal digits have none.
  size_t file = text.find(std::string(":") + file_mark);
  size_t colon = file != std::string::npos ? file : text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return std::string("a pre-shared key is IDENTITY:HEX or IDENTITY:@FILE");
  TlsPsk psk;
  psk.identity = text.substr(0, colon);
  if (psk.identity.size() > TlsPsk::identity_max) return std::string("an identity has at most 128 octets");
  std::string key = text.substr(colon + 1);
  if (file != std::string::npos) {
    std::string path = key.substr(1);
    auto read = read_psk_file(path);
    if (!read) return "cannot read a pre-shared key from \"" + path + "\"";
    psk.key = std::move(*read);
  } else {
    auto octets = from_hex(key);
    wipe({reinterpret_cast<uint8_t*>(key.data()), key.size()});
    if (!octets) return std::string("a pre-shared key is written in hexadecimal");
    psk.key.assign(octets->begin(), octets->end());
    wipe(*octets);
  }
  if (psk.key.size() < TlsPsk::key_min) return std::string("a pre-shared key has at least 16 octets");
  if (psk.key.size() > TlsPsk::key_max) return std::string("a pre-shared key has at most 256 octets");
  return psk;
}

TlsOption::TlsOption(CLI::App& command) {
  command.add_option("--cert", values_->files.certificate, "the client's certificate with its chain, PEM")
      ->type_name("FILE");
  command.add_option("--key", values_->files.key, "its key, PEM; in the certificate's file unless named")
      ->type_name("FILE");
  command.add_option("--ca", values_->files.ca, "who vouches for the server's certificate, PEM; there is nobody else")
      ->type_name("FILE");
  command.add_option("--psk", values_->psk, "IDENTITY:HEX or IDENTITY:@FILE, a pre-shared key instead of certificates");
  command.add_option("--server-name", values_->server_name, "that the certificate is for; the HOST of --to");
  command.add_option("--tls-version", values_->version, "1.2 or 1.3: what --psk is for (1.3); else the lowest (1.2)")
      ->check(CLI::IsMember({"1.2", "1.3"}));
}

bool TlsOption::is_given() const {
  const TlsFiles& files = values_->files;
  return !(files.certificate.empty() && files.key.empty() && files.ca.empty() && values_->psk.empty() &&
           values_->server_name.empty() && values_->version.empty());
}

std::string TlsOption::mistake(const RadiusVersions& versions) const {
  const TlsFiles& files = values_->files;
  if (files.ca.empty() && values_->psk.empty()) return "--tls needs --ca or --psk: whom to believe";
  if (!files.key.empty() && files.certificate.empty()) return "--key needs --cert";
  if (!files.certificate.empty() && !values_->psk.empty()) return "--psk takes the place of --cert";
  // RFC 9765 §3.1
  if (versions.has_1_1 && values_->version == "1.2") return "RADIUS/1.1 needs TLS 1.3";
  if (values_->psk.empty()) return {};
  auto psk = parse_psk(values_->psk);
  return psk.ok() ? std::string() : "--psk: " + psk.error();
}

Result<std::shared_ptr<const TlsContext>, std::string> TlsOption::load(const RadiusVersions& versions) const {
  TlsContext::ClientOptions options;
  options.files = values_->files;
  if (options.files.key.empty()) options.files.key = options.files.certificate;
  options.versions = versions;
  if (values_->version == "1.3") options.minimum = TlsVersion::V1_3;
  if (!values_->psk.empty()) {
    auto psk = parse_psk(values_->psk);
    if (!psk.ok()) return psk.error();
    psk->version = values_->version == "1.2" ? TlsVersion::V1_2 : TlsVersion::V1_3;
    options.psk = std::make_shared<const TlsPsk>(std::move(*psk));
  }
  auto context = TlsContext::for_client(options);
  if (context.ok()) return *context;
  if (context.error().in == TlsMistake::In::Key && values_->files.key.empty())
    return "\"" + values_->files.certificate + "\" holds no key: name its file with --key";
  return context.error().why;
}

}  // namespace radhost
