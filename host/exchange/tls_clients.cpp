// SPDX-License-Identifier: Apache-2.0
#include "exchange/tls_clients.h"

#include <algorithm>

namespace radhost {
namespace {

bool has_address(const TlsPeer& peer, const IpAddress& address) {
  return std::find(peer.san_ip.begin(), peer.san_ip.end(), address) != peer.san_ip.end();
}

/// The bits of the longest prefix that holds the source; nothing when none does.
std::optional<uint8_t> longest(const std::vector<Prefix>& prefixes, const IpAddress& source) {
  std::optional<uint8_t> bits;
  for (const Prefix& prefix : prefixes)
    if (prefix.contains(source) && (!bits || prefix.length > *bits)) bits = prefix.length;
  return bits;
}

}  // namespace

void TlsClients::add(const ClientConfig& config, std::shared_ptr<const Client> client) {
  Entry entry{std::move(client), config.address, config.certificate, std::nullopt};
  if (config.psk) {
    TlsPsk& psk = entry.psk.emplace();
    psk.identity = config.psk->identity;
    Octets key = config.psk->key.octets();
    psk.key.assign(key.begin(), key.end());
    psk.version = config.psk->version;
    by_psk_.emplace(psk.identity, entries_.size());
  }
  entries_.push_back(std::move(entry));
}

bool TlsClients::Entry::may_come_from(const IpAddress& source) const {
  return addresses.empty() || longest(addresses, source).has_value();
}

bool TlsClients::may_come_from(const IpAddress& source) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.may_come_from(source); });
}

TlsPolicy::Admission TlsClients::admit(const TlsPeer& peer, const IpAddress& source) const {
  Found found = identify(peer, source);
  if (found.client != nullptr) return Admission::Known;
  return found.is_elsewhere ? Admission::Elsewhere : Admission::Unknown;
}

const TlsPsk* TlsClients::find_psk(std::string_view identity, const IpAddress& source) const {
  auto found = by_psk_.find(identity);
  if (found == by_psk_.end()) return nullptr;
  const Entry& entry = entries_[found->second];
  return entry.may_come_from(source) ? &*entry.psk : nullptr;
}

/// All that is written must hold.
bool TlsClients::matches(const ClientCertificateConfig& wanted, const TlsPeer& peer) {
  if (!peer.has_certificate()) return false;
  if (!wanted.fingerprint_sha256.empty() && wanted.fingerprint_sha256 != peer.fingerprint_sha256) return false;
  if (!wanted.issuer.empty() && !is_same_name(wanted.issuer, peer.issuer)) return false;
  // Conformance D-18: the common name counts only where it is written.
  if (!wanted.subject_cn.empty() && wanted.subject_cn != peer.subject_cn) return false;
  if (!wanted.san_dns.empty() && std::none_of(peer.san_dns.begin(), peer.san_dns.end(), [&](const std::string& name) {
        return is_dns_match(name, wanted.san_dns);
      }))
    return false;
  return !wanted.san_ip || has_address(peer, *wanted.san_ip);
}

TlsClients::Found TlsClients::identify(const TlsPeer& peer, const IpAddress& source) const {
  Found found;
  if (!peer.psk_identity.empty()) {
    auto psk = by_psk_.find(peer.psk_identity);
    if (psk == by_psk_.end()) return found;
    const Entry& entry = entries_[psk->second];
    if (entry.may_come_from(source)) found.client = entry.client.get();
    else found.is_elsewhere = true;
    return found;
  }
  for (const Entry& entry : entries_) {
    if (!entry.certificate || !matches(*entry.certificate, peer)) continue;
    // An address in a certificate is where its holder is.
    bool is_there = entry.may_come_from(source) &&
                    (!entry.certificate->san_ip || *entry.certificate->san_ip == source);
    if (is_there) return {entry.client.get(), false};
    found.is_elsewhere = true;
  }
  std::optional<uint8_t> best;
  for (const Entry& entry : entries_) {
    if (entry.certificate || entry.psk) continue;
    auto bits = longest(entry.addresses, source);
    bool is_its_own = !peer.has_certificate() || has_address(peer, source);
    if (bits && !is_its_own) found.is_elsewhere = true;
    // Who shows no certificate where none is required, is known by address alone.
    if (!bits || !is_its_own || (best && *best >= *bits)) continue;
    best = bits;
    found.client = entry.client.get();
  }
  return found;
}

}  // namespace radhost
