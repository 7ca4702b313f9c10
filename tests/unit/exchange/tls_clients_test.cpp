// SPDX-License-Identifier: Apache-2.0
#include "exchange/tls_clients.h"

#include <deque>

#include "catch.h"

using namespace radhost;

namespace {

IpAddress ip(const char* text) { return *IpAddress::parse(text); }

TlsPeer with_dns(const char* name) {
  TlsPeer peer;
  peer.fingerprint_sha256 = "01";
  peer.san_dns = {name};
  return peer;
}

TlsPeer with_ip(const char* address) {
  TlsPeer peer;
  peer.fingerprint_sha256 = "01";
  peer.san_ip = {ip(address)};
  return peer;
}

struct Fixture {
  TlsClients clients;
  std::deque<ClientRecord> records;

  ClientConfig config(const char* name, std::vector<const char*> prefixes = {}) {
    ClientConfig made;
    made.name = name;
    for (const char* prefix : prefixes) made.address.push_back(*Prefix::parse(prefix));
    return made;
  }
  void add(const ClientConfig& config) {
    ClientRecord& record = records.emplace_back(config.name, records.size());
    clients.add(config, std::make_shared<const Client>(config, record));
  }
  void add_named(const char* name, ClientCertificateConfig certificate, std::vector<const char*> prefixes = {}) {
    ClientConfig made = config(name, prefixes);
    made.certificate = std::move(certificate);
    add(made);
  }
  void add_psk(const char* name, const char* identity, std::vector<const char*> prefixes = {}) {
    ClientConfig made = config(name, prefixes);
    made.psk.emplace();
    made.psk->identity = identity;
    made.psk->key = SecretText("0123456789abcdef");
    add(made);
  }

  std::string found(const TlsPeer& peer, const char* source) {
    TlsClients::Found who = clients.identify(peer, ip(source));
    return who.client != nullptr ? who.client->name : who.is_elsewhere ? "elsewhere" : "nobody";
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a client by address has a certificate for the address it comes from", "[TLS-8]") {
  add(config("range", {"192.0.2.0/24"}));
  add(config("one", {"192.0.2.7"}));
  CHECK(found(with_ip("192.0.2.8"), "192.0.2.8") == "range");
  CHECK(found(with_ip("192.0.2.7"), "192.0.2.7") == "one");
  CHECK(found(with_ip("192.0.2.8"), "192.0.2.9") == "elsewhere");
  CHECK(found(with_dns("192.0.2.8"), "192.0.2.8") == "elsewhere");
  CHECK(found(with_ip("198.51.100.1"), "198.51.100.1") == "nobody");
}

TEST_CASE_METHOD(Fixture, "all that an entry names must hold, and goes before an address", "[TLS-8][TLS-9]") {
  add(config("range", {"192.0.2.0/24"}));
  ClientCertificateConfig both;
  both.san_dns = "nas.example";
  both.issuer = "CN=Lab CA,O=Example";
  add_named("named", both);
  TlsPeer peer = with_ip("192.0.2.8");
  peer.san_dns = {"other.example", "NAS.example"};
  CHECK(found(peer, "192.0.2.8") == "range");
  peer.issuer = "CN=Lab CA, O=Example";
  CHECK(found(peer, "192.0.2.8") == "named");
  CHECK(found(peer, "203.0.113.5") == "named");
  peer.san_dns = {"other.example"};
  CHECK(found(peer, "192.0.2.8") == "range");
  CHECK(found(peer, "203.0.113.5") == "nobody");
}

TEST_CASE_METHOD(Fixture, "the common name counts where an entry names it, and nowhere else", "[TLS-9]") {
  ClientCertificateConfig by_dns, by_cn;
  by_dns.san_dns = "nas.example";
  by_cn.subject_cn = "old nas";
  add_named("new", by_dns);
  add_named("old", by_cn);
  TlsPeer peer = with_dns("x.example");
  peer.subject_cn = "nas.example";
  CHECK(found(peer, "192.0.2.1") == "nobody");
  peer.subject_cn = "old nas";
  CHECK(found(peer, "192.0.2.1") == "old");
}

TEST_CASE_METHOD(Fixture, "an address in an entry is where its holder comes from", "[TLS-8][TLS-10]") {
  ClientCertificateConfig by_ip;
  by_ip.san_ip = ip("2001:db8::7");
  add_named("v6", by_ip);
  CHECK(found(with_ip("2001:db8::7"), "2001:db8::7") == "v6");
  CHECK(found(with_ip("2001:db8::7"), "2001:db8::8") == "elsewhere");
  CHECK(found(with_ip("2001:db8::8"), "2001:db8::8") == "nobody");
}

TEST_CASE_METHOD(Fixture, "who is allowed from elsewhere alone is told apart from a stranger", "[TLS-10]") {
  ClientCertificateConfig by_dns;
  by_dns.san_dns = "nas.example";
  add_named("there", by_dns, {"192.0.2.0/24"});
  CHECK(found(with_dns("nas.example"), "192.0.2.9") == "there");
  CHECK(found(with_dns("nas.example"), "198.51.100.9") == "elsewhere");
  CHECK(found(with_dns("bad.example"), "192.0.2.9") == "nobody");
  CHECK(clients.may_come_from(ip("192.0.2.9")));
  CHECK_FALSE(clients.may_come_from(ip("198.51.100.9")));
  CHECK(clients.admit(with_dns("nas.example"), ip("198.51.100.9")) == TlsPolicy::Admission::Elsewhere);
  CHECK(clients.admit(with_dns("bad.example"), ip("192.0.2.9")) == TlsPolicy::Admission::Unknown);
  CHECK(clients.admit(with_dns("nas.example"), ip("192.0.2.9")) == TlsPolicy::Admission::Known);
}

TEST_CASE_METHOD(Fixture, "a key is found by its identity, from where its client may come", "[TLS-10][TLS-11]") {
  add_psk("here", "me", {"192.0.2.0/24"});
  add_psk("anywhere", "other");
  CHECK(clients.find_psk("me", ip("192.0.2.1")) != nullptr);
  CHECK(clients.find_psk("me", ip("198.51.100.1")) == nullptr);
  CHECK(clients.find_psk("Me", ip("192.0.2.1")) == nullptr);
  CHECK(clients.find_psk("other", ip("198.51.100.1")) != nullptr);
  TlsPeer peer;
  peer.psk_identity = "me";
  CHECK(found(peer, "192.0.2.1") == "here");
  CHECK(found(peer, "198.51.100.1") == "elsewhere");
  peer.psk_identity = "nobody's";
  CHECK(found(peer, "192.0.2.1") == "nobody");
  CHECK(found(with_ip("192.0.2.1"), "192.0.2.1") == "nobody");
}
