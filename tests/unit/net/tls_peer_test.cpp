// SPDX-License-Identifier: Apache-2.0
#include "net/tls_peer.h"

#include "catch.h"

using namespace radhost;

TEST_CASE("DNS names know no case, and a wildcard is one whole label, the first", "[TLS-8]") {
  CHECK(is_dns_match("nas.example", "NAS.Example"));
  CHECK(is_dns_match("*.example", "nas.example"));
  CHECK(is_dns_match("*.isp.example", "a.ISP.example"));
  CHECK_FALSE(is_dns_match("nas.example", "nas.example.org"));
  CHECK_FALSE(is_dns_match("nas.example", "xnas.example"));
  CHECK_FALSE(is_dns_match("*.example", "a.nas.example"));
  CHECK_FALSE(is_dns_match("*.example", "example"));
  CHECK_FALSE(is_dns_match("*.example", ".example"));
  CHECK_FALSE(is_dns_match("n*.example", "nas.example"));
  CHECK_FALSE(is_dns_match("nas.*", "nas.example"));
  CHECK_FALSE(is_dns_match("", "nas.example"));
}

TEST_CASE("distinguished names are equal whatever their case and the blanks after commas", "[TLS-9]") {
  CHECK(is_same_name("CN=Lab CA,O=Example", "cn=lab ca, o=example"));
  CHECK(is_same_name("CN=a,  O=b", "CN=a,O=b"));
  CHECK_FALSE(is_same_name("CN=a,O=b", "CN=a"));
  CHECK_FALSE(is_same_name("CN=a", "CN=a,O=b"));
  CHECK_FALSE(is_same_name("CN=a b", "CN=ab"));
  CHECK_FALSE(is_same_name("", "CN=a"));
}
