// SPDX-License-Identifier: Apache-2.0
#include "dictionary/notation.h"

#include "catch.h"
#include "dictionary/parser.h"
#include "packet/received_attributes.h"
#include "support/encode_list.h"
#include "support/hex.h"
#include "support/small_dictionary.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Fixture {
  Dictionary dictionary;

  Fixture() {
    REQUIRE(parse_dictionary_text(small_dictionary_text, "small", dictionary).empty());
    dictionary.finish();
  }

  /// What attributes on the wire look like as text.
  std::string printed(std::string_view digits) {
    std::vector<uint8_t> octets = unhex(digits);
    REQUIRE(attributes_fill(octets));
    ReceivedAttributes received;
    received.begin(octets, dictionary.root(), nullptr);
    std::vector<std::string> pairs;
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view))
      print_pairs(dictionary, received, view, true, pairs);
    std::string text;
    for (const std::string& pair : pairs) text += (text.empty() ? "" : ", ") + pair;
    return text;
  }

  /// The octets of attributes that are given as text.
  std::string encoded(std::string_view text) {
    auto pairs = parse_pairs(text);
    REQUIRE(pairs.ok());
    AttributeList list;
    REQUIRE(add_pairs(dictionary, *pairs, list) == "");
    REQUIRE_FALSE(list.has_open_group());
    std::vector<uint8_t> octets(4096);
    Writer writer(octets);
    SaltSource salts(1);
    REQUIRE(encode_list(list, nullptr, salts, writer) == std::nullopt);
    return to_hex(writer.written());
  }

  /// What one pair's octets and tag are, or the reason why it has none.
  std::string added(std::string_view text) {
    auto pairs = parse_pairs(text);
    if (!pairs.ok()) return pairs.error();
    REQUIRE(pairs->size() == 1);
    AttributeList list;
    std::string reason = add_pair(dictionary, (*pairs)[0], list);
    if (!reason.empty()) return reason;
    AttributeView view = list.at(0);
    std::string tag = view.tag == AttributeView::no_tag ? "" : ":" + std::to_string(view.tag);
    return std::to_string(view.top) + tag + "=" + to_hex(view.value);
  }
};

}  // namespace
TEST_CASE_METHOD(Fixture, "attributes of every data type are printed, and read back to the same octets") {
  const std::pair<const char*, const char*> rows[] = {
      {"0105626f62", "User-Name = \"bob\""},
      {"0406c0000201", "NAS-IP-Address = 192.0.2.1"},
      {"060600000002", "Service-Type = Framed-User"},
      {"060600000063", "Service-Type = 99"},
      {"190400ff", "Class = 0x00ff"},
      {"37066553f100", "Event-Timestamp = \"Nov 14 2023 22:13:20 UTC\""},
      {"40060100000d", "Tunnel-Type:1 = VLAN"},
      {"40060000000d", "Tunnel-Type = VLAN"},
      {"400602000063", "Tunnel-Type:2 = 99"},
      {"510601313030", "Tunnel-Private-Group-Id:1 = \"100\""},
      {"5105313030", "Tunnel-Private-Group-Id = \"100\""},
      {"5f1220010db8000000000000000000000001", "NAS-IPv6-Address = 2001:db8::1"},
      {"600a0000000000000001", "Framed-Interface-Id = 0:0:0:1"},
      {"610c004020010db800000001", "Framed-IPv6-Prefix = 2001:db8:0:1::/64"},
      {"9b080018c0000200", "PMIP6-Home-IPv4-HoA = 192.0.2.0/24"},
      {"c803ff", "Byte = 255"},
      {"c9040100", "Short = 256"},
      {"ca0affffffffffffffff", "Long = Most"},
      {"ca0a0000000000000001", "Long = 1"},
      {"cb06ffffffff", "Signed = -1"},
      {"cc0800005e005301", "Ether = 00:00:5e:00:53:01"},
      {"cd06c0000201", "Combo = 192.0.2.1"},
      {"cd1220010db8000000000000000000000001", "Combo = 2001:db8::1"},
      {"ce0401ff", "Binary = 0x01ff"},
      {"cf06aabbccdd", "Exact = 0xaabbccdd"},
      {"f10601626f62", "Ext-Text = \"bob\""},
      {"f50704000102ff", "LongExt-Octets = 0x0102ff"},
      {"1a0b0000270f0105626f62", "Acme-Text = \"bob\""},
      {"1a0c0000270f020600000007", "Acme-Number = 7"},
  };
  for (auto [octets, text] : rows) {
    INFO(text);
    CHECK(printed(octets) == text);
    auto pairs = parse_pairs(text);
    REQUIRE(pairs.ok());
    AttributeList list;
    REQUIRE(add_pair(dictionary, (*pairs)[0], list) == "");
    CHECK(print_pair(dictionary, list.at(0)) == text);
    std::string value = to_hex(list.at(0).value);
    CHECK(std::string(octets).ends_with(value));
  }
}

TEST_CASE_METHOD(Fixture, "the parts of a TLV are printed each for itself, and share the TLV when they are read back") {
  const std::pair<const char*, const char*> rows[] = {
      {"f1070201042345", "Ext-Part = 9029"},
      {"f10b0201042345020461"
       "62",
       "Ext-Part = 9029, Ext-Other = \"ab\""},
      {"f10c02030501030701042345", "Ext-Inner-Part = 7, Ext-Part = 9029"},
      {"f1080203050103070103aa", "Ext-Inner-Part = 7, User-Name = \"\\252\""},
      {"f1060209"
       "03aa",
       "Attr-241.2.9 = 0xaa"},
      {"f1060201"
       "03aa",
       "Attr-241.2.1 = 0xaa"},
      {"f10902"
       "030601"
       "04aabb",
       "Attr-241.2.3.1 = 0xaabb"},
  };
  for (auto [octets, text] : rows) {
    INFO(text);
    std::vector<uint8_t> wire = unhex(octets);
    if (!attributes_fill(wire)) FAIL_CHECK(octets);
    else {
      CHECK(printed(octets) == text);
      CHECK(encoded(text) == octets);
    }
  }
}

TEST_CASE_METHOD(Fixture, "a TLV whose parts are not TLVs is printed whole") {
  CHECK(printed("f10702010523aa") == "Attr-241.2 = 0x010523aa");
}

TEST_CASE_METHOD(Fixture, "parts that one TLV has no room for go into two") {
  std::string text = "Ext-Other = \"" + std::string(200, 'a') + "\"";
  std::string octets = encoded(text + ", Ext-Part = 1, " + text);
  CHECK(octets.size() == 2 * (2 + 1 + 202 + 4 + 2 + 1 + 202));
  CHECK(printed(octets) == text + ", Ext-Part = 1, " + text);
}

TEST_CASE_METHOD(Fixture, "unknown attributes are named by their numbers, and those names are understood") {
  const std::pair<const char*, const char*> rows[] = {
      {"d20401ff", "Attr-210 = 0x01ff"},
      {"1a0b0000270f630501ff02", "Vendor-9999-Attr-99 = 0x01ff02"},
      {"1a0a0001869f0104aabb", "Vendor-99999-Attr-1 = 0xaabb"},
      {"f10463aa", "Attr-241.99 = 0xaa"},
      {"f5056300aa", "Attr-245.99 = 0xaa"},
      {"f10a1a0000270f04abcd", "Attr-241.26.9999.4 = 0xabcd"},
  };
  for (auto [octets, text] : rows) {
    INFO(text);
    CHECK(printed(octets) == text);
    auto pairs = parse_pairs(text);
    REQUIRE(pairs.ok());
    const AttributeDefinition* attribute = resolve_name(dictionary, (*pairs)[0].name);
    REQUIRE(attribute != nullptr);
    CHECK(attribute->type == DataType::OctetString);
    AttributeList list;
    REQUIRE(add_pair(dictionary, (*pairs)[0], list) == "");
    CHECK(print_pair(dictionary, list.at(0)) == text);
  }
}

TEST_CASE_METHOD(Fixture, "an invalid value of a known attribute goes by its number") {
  CHECK(printed("0405c00002") == "Attr-4 = 0xc00002");
  CHECK(printed("4005010000") == "Attr-64 = 0x010000");
  CHECK(printed("1a0a0000270f02040007") == "Vendor-9999-Attr-2 = 0x0007");
  CHECK(printed("f105020102") == "Attr-241.2 = 0x0102");
  CHECK(printed("f10301") == "Attr-241 = 0x01");
  CHECK(printed("1a0537370a") == "Attr-26 = 0x37370a");
  CHECK(added("Attr-4 = 0xc00002") == "4=c00002");
  CHECK(added("Attr-26 = 0x37370a") == "26=37370a");
  CHECK(added("Vendor-9999-Attr-2 = 0x0007") == "26=0007");
}

TEST_CASE_METHOD(Fixture, "a raw name made twice is one attribute") {
  CHECK(resolve_name(dictionary, "Attr-210") == resolve_name(dictionary, "Attr-210"));
}

TEST_CASE_METHOD(Fixture, "names that mean nothing are unknown") {
  for (const char* name :
       {"",           "Attr-",        "Attr-x",         "Attr-256",        "Attr-1.",           "Attr-1.1",
        "Attr-241.",  "Attr-241.1.1", "Attr-300.1",     "Attr--1",         "Attr-99999999999",  "Vendor-",
        "Vendor-9",   "Vendor-9-",    "Vendor-9-Attr-", "Vendor-x-Attr-1", "Vendor-9-Attr-256", "Vendor-9-Name-1",
        "User-Name ", "Nothing"}) {
    INFO(name);
    CHECK(resolve_name(dictionary, name) == nullptr);
  }
  CHECK(added("Nothing = 1") == "the dictionary has no attribute \"Nothing\"");
}

TEST_CASE_METHOD(Fixture, "names of values are understood in any case, numbers too") {
  CHECK(added("Service-Type = framed-user") == "6=00000002");
  CHECK(added("service-type = 2") == "6=00000002");
  CHECK(added("Service-Type = 0x2") == "6=00000002");
  CHECK(added("Service-Type = \"Framed-User\"") == "6=00000002");
  CHECK(added("Tunnel-Type:1 = vlan") == "64:1=00000d");
  CHECK(added("Tunnel-Type = 16777215") == "64=ffffff");
}

TEST_CASE_METHOD(Fixture, "a value that cannot be says why, with the attribute's name") {
  for (const char* text :
       {"Service-Type = Frame-User", "Service-Type = 4294967296", "NAS-IP-Address = 192.0.2", "Byte = 256",
        "Event-Timestamp = yesterday", "Tunnel-Type:1 = 16777216", "User-Name:1 = bob", "Ext = 1", "Exact = 0x0102",
        "Class = 0x1", "Framed-IPv6-Prefix = 2001:db8::/129", "Ext-Evs = 0x01"}) {
    INFO(text);
    std::string reason = added(text);
    std::string_view name = std::string_view(text).substr(0, std::string_view(text).find_first_of(" :"));
    CHECK(reason.starts_with(name));
    CHECK(reason.size() > name.size());
  }
  CHECK(added("User-Name:1 = bob") == "User-Name carries no tag");
}

TEST_CASE_METHOD(Fixture, "every octet of text survives printing and parsing", "[COD-10]") {
  std::vector<uint8_t> all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<uint8_t>(i));
  for (const std::vector<uint8_t>& value :
       {std::vector<uint8_t>(all.begin(), all.begin() + 128), std::vector<uint8_t>(all.begin() + 128, all.end()),
        bytes("\"quoted\" \\ back"), bytes("müller 東京 \xf0\x9f\x98\x80"), bytes("a\xc3"), bytes("\xe4\xb8"),
        bytes("\xc3\xc3\xa9"), bytes("\xff\xfe"), bytes("\\101"), bytes(" blanks "), bytes("0x41"), bytes("a,b=c")}) {
    INFO(to_hex(value));
    AttributeList list;
    REQUIRE_FALSE(list.add(*dictionary.find("Reply-Message"), value).has_value());
    std::string text = print_pair(dictionary, list.at(0));
    CHECK(text.find('\n') == std::string::npos);
    auto pairs = parse_pairs(text + ", User-Name = x");
    REQUIRE(pairs.ok());
    REQUIRE(pairs->size() == 2);
    AttributeList again;
    REQUIRE(add_pair(dictionary, (*pairs)[0], again) == "");
    CHECK(to_hex(again.at(0).value) == to_hex(value));
  }
}

TEST_CASE_METHOD(Fixture, "text that prints is printed as it is, the rest as octal") {
  CHECK(printed("1206c3bc2201") == "Reply-Message = \"ü\\\"\\001\"");
  CHECK(printed("1204ff7f") == "Reply-Message = \"\\377\\177\"");
  CHECK(printed("12050a0d09") == "Reply-Message = \"\\n\\r\\t\"");
  CHECK(printed("1203c3") == "Reply-Message = \"\\303\"");
}

TEST_CASE_METHOD(Fixture, "vendor 0 and type 0 are numbers like others") {
  const std::pair<const char*, const char*> rows[] = {{"1a09000000000103ff", "Vendor-0-Attr-1 = 0xff"},
                                                      {"f1091a0000000004ab", "Attr-241.26.0.4 = 0xab"},
                                                      {"0003ff", "Attr-0 = 0xff"},
                                                      {"1a090000270f0003ff", "Vendor-9999-Attr-0 = 0xff"},
                                                      {"f10400ff", "Attr-241.0 = 0xff"}};
  for (auto [octets, text] : rows) {
    INFO(octets);
    CHECK(printed(octets) == text);
    CHECK(resolve_name(dictionary, std::string_view(text).substr(0, std::string_view(text).find(' '))) != nullptr);
  }
}

TEST_CASE_METHOD(Fixture, "an invalid EVS attribute goes by a name that leads back to it") {
  CHECK(printed("f1081a0000000104") == "Attr-241 = 0x1a0000000104");
}
