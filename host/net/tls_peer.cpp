// SPDX-License-Identifier: Apache-2.0
#include "net/tls_peer.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/octets.h"

namespace radhost {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_equal_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

Octets octets_of(const ASN1_STRING* string) {
  return {ASN1_STRING_get0_data(string), static_cast<size_t>(ASN1_STRING_length(string))};
}

std::string name_of(const X509_NAME* name) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  if (bio == nullptr || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  char* text = nullptr;
  long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string common_name_of(const X509_NAME* name) {
  int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  // One that has several is ambiguous.
  if (index < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, index) >= 0) return {};
  unsigned char* utf8 = nullptr;
  int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return {};
  std::string text(reinterpret_cast<char*>(utf8), static_cast<size_t>(size));
  OPENSSL_free(utf8);
  return text.find('\0') == std::string::npos ? text : std::string();
}

void read_alternative_names(const X509& certificate, TlsPeer& peer) {
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(const_cast<X509*>(&certificate), NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) {
      std::string dns(text_of(octets_of(name->d.dNSName)));
      if (dns.find('\0') == std::string::npos) peer.san_dns.push_back(std::move(dns));
    } else if (name->type == GEN_IPADD) {
      Octets octets = octets_of(name->d.iPAddress);
      IpAddress address;
      if (octets.size() != 4 && octets.size() != 16) continue;
      address.family = octets.size() == 4 ? IpAddress::Family::V4 : IpAddress::Family::V6;
      copy_octets(address.octets, octets);
      peer.san_ip.push_back(address);
    }
  }
  GENERAL_NAMES_free(names);
}

}  // namespace

TlsPeer TlsPeer::of(const X509& certificate) {
  TlsPeer peer;
  read_alternative_names(certificate, peer);
  peer.subject_cn = common_name_of(X509_get_subject_name(&certificate));
  peer.subject = name_of(X509_get_subject_name(&certificate));
  peer.issuer = name_of(X509_get_issuer_name(&certificate));
  peer.serial = to_hex(octets_of(X509_get0_serialNumber(&certificate)));
  std::array<uint8_t, 32> digest;
  unsigned size = digest.size();
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) == 1) peer.fingerprint_sha256 = to_hex(digest);
  return peer;
}

bool is_same_name(std::string_view one, std::string_view other) {
  auto next = [](std::string_view& text) -> char {
    // A blank after a comma says nothing.
    while (text.size() > 1 && text[0] == ',' && text[1] == ' ') {
      text.remove_prefix(1);
      while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
      return ',';
    }
    char c = lower(text[0]);
    text.remove_prefix(1);
    return c;
  };
  while (!one.empty() && !other.empty())
    if (next(one) != next(other)) return false;
  return one.empty() && other.empty();
}

bool is_dns_match(std::string_view pattern, std::string_view name) {
  if (is_equal_but_for_case(pattern, name)) return true;
  if (pattern.substr(0, 2) != "*.") return false;
  size_t dot = name.find('.');
  return dot != std::string_view::npos && dot != 0 && is_equal_but_for_case(pattern.substr(1), name.substr(dot));
}

}  // namespace radhost
