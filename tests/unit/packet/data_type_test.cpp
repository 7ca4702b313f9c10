// SPDX-License-Identifier: Apache-2.0
#include "packet/data_type.h"

#include "catch.h"
#include "support/hex.h"

using namespace radhost;
using namespace radhost::test;

namespace {

/// A value in both forms: text is what its octets print as, and parses to them.
struct Sample {
  DataType type;
  const char* text;
  const char* octets;
};

const Sample samples[] = {
    {DataType::OctetString, "0x", ""},
    {DataType::OctetString, "0x00ff", "00ff"},
    {DataType::Text, "", ""},
    {DataType::Text, "0x41 is text here", "3078343120697320746578742068657265"},
    {DataType::Uint8, "0", "00"},
    {DataType::Uint8, "255", "ff"},
    {DataType::Uint16, "256", "0100"},
    {DataType::Uint16, "65535", "ffff"},
    {DataType::Uint32, "0", "00000000"},
    {DataType::Uint32, "4294967295", "ffffffff"},
    {DataType::Uint64, "18446744073709551615", "ffffffffffffffff"},
    {DataType::Uint64, "72057594037927936", "0100000000000000"},
    {DataType::Int32, "-1", "ffffffff"},
    {DataType::Int32, "-2147483648", "80000000"},
    {DataType::Int32, "2147483647", "7fffffff"},
    {DataType::Time, "Jan  1 1970 00:00:00 UTC", "00000000"},
    {DataType::Time, "Nov 14 2023 22:13:20 UTC", "6553f100"},
    {DataType::Time, "Jan 19 2038 03:14:09 UTC", "80000001"},
    {DataType::Time, "Feb  7 2106 06:28:15 UTC", "ffffffff"},
    {DataType::Ifid, "0:0:0:0", "0000000000000000"},
    {DataType::Ifid, "2a0:cafe:0:ffff", "02a0cafe0000ffff"},
    {DataType::Ipv4Address, "192.0.2.1", "c0000201"},
    {DataType::Ipv6Address, "2001:db8::1", "20010db8000000000000000000000001"},
    {DataType::Ipv6Prefix, "::/0", "0000"},
    {DataType::Ipv6Prefix, "2001:db8:0:1::/64", "004020010db800000001"},
    {DataType::Ipv6Prefix, "2001:db8:8000::/33", "002120010db880"},
    {DataType::Ipv6Prefix, "2001:db8::1/128", "008020010db8000000000000000000000001"},
    {DataType::Ipv4Prefix, "192.0.2.0/24", "0018c0000200"},
    {DataType::Ipv4Prefix, "0.0.0.0/32", "002000000000"},
    {DataType::Tlv, "0x01042345", "01042345"},
    {DataType::Ethernet, "00:00:5e:00:53:01", "00005e005301"},
    {DataType::ComboIp, "192.0.2.1", "c0000201"},
    {DataType::ComboIp, "2001:db8::1", "20010db8000000000000000000000001"},
    {DataType::ABinary, "0x0102", "0102"},
};

struct Refusal {
  DataType type;
  const char* text;
};

const Refusal refusals[] = {
    {DataType::OctetString, "0x0"},
    {DataType::OctetString, "0x0g"},
    {DataType::Tlv, "0x1"},
    {DataType::Uint8, "256"},
    {DataType::Uint8, "-1"},
    {DataType::Uint8, ""},
    {DataType::Uint8, "0x100"},
    {DataType::Uint16, "65536"},
    {DataType::Uint32, "4294967296"},
    {DataType::Uint32, "1.5"},
    {DataType::Uint32, " 1"},
    {DataType::Uint32, "1 "},
    {DataType::Uint32, "0x"},
    {DataType::Uint32, "ten"},
    {DataType::Uint64, "18446744073709551616"},
    {DataType::Int32, "2147483648"},
    {DataType::Int32, "-2147483649"},
    {DataType::Int32, "--1"},
    {DataType::Time, "yesterday"},
    {DataType::Time, "Dec 31 1969 23:59:59 UTC"},
    {DataType::Time, "Feb  7 2106 06:28:16 UTC"},
    {DataType::Time, "4294967296"},
    {DataType::Time, "Nov 14 2023 22:13:20 UTC and more"},
    {DataType::Ifid, "0:0:0"},
    {DataType::Ifid, "0:0:0:0:0"},
    {DataType::Ifid, "0:0:0:10000"},
    {DataType::Ifid, "0::0:0"},
    {DataType::Ipv4Address, "2001:db8::1"},
    {DataType::Ipv4Address, "192.0.2"},
    {DataType::Ipv6Address, "192.0.2.1"},
    {DataType::Ipv6Address, "2001:db8:"},
    {DataType::Ipv6Prefix, "192.0.2.0/24"},
    {DataType::Ipv6Prefix, "2001:db8::/129"},
    {DataType::Ipv4Prefix, "192.0.2.0/33"},
    {DataType::Ipv4Prefix, "2001:db8::/32"},
    {DataType::Ethernet, "00:00:5e:00:53"},
    {DataType::Ethernet, "00:00:5e:00:53:01:02"},
    {DataType::Ethernet, "00:00:5e:00:53:0g"},
    {DataType::ComboIp, "localhost"},
};

std::string parsed(DataType type, std::string_view text) {
  auto value = parse_value(type, text);
  return value.ok() ? to_hex(*value) : "refused";
}

}  // namespace

TEST_CASE("values of every data type go from octets to text and back") {
  for (const Sample& sample : samples) {
    INFO(data_type_word(sample.type) << " " << sample.text);
    CHECK(is_valid(sample.type, unhex(sample.octets)));
    CHECK(print_value(sample.type, unhex(sample.octets)) == sample.text);
    CHECK(parsed(sample.type, sample.text) == sample.octets);
  }
}

TEST_CASE("text that is no value of the data type is refused, with a hint of what would be right") {
  for (const Refusal& refusal : refusals) {
    INFO(data_type_word(refusal.type) << " \"" << refusal.text << "\"");
    auto value = parse_value(refusal.type, refusal.text);
    REQUIRE_FALSE(value.ok());
    CHECK_FALSE(value.error().empty());
  }
}

TEST_CASE("other ways to write the same value are understood") {
  CHECK(parsed(DataType::Uint32, "0x10") == "00000010");
  CHECK(parsed(DataType::Uint8, "0XfF") == "ff");
  CHECK(parsed(DataType::OctetString, "0XAB") == "ab");
  CHECK(parsed(DataType::OctetString, "abc") == "616263");
  CHECK(parsed(DataType::OctetString, "") == "");
  CHECK(parsed(DataType::Time, "1700000000") == "6553f100");
  CHECK(parsed(DataType::Time, "2023-11-14T22:13:20Z") == "6553f100");
  CHECK(parsed(DataType::Time, "Nov 14 2023 22:13:20") == "6553f100");
  CHECK(parsed(DataType::Time, "Nov 14 2023") == "6552b880");
  CHECK(parsed(DataType::Ethernet, "00-00-5E-00-53-01") == "00005e005301");
  CHECK(parsed(DataType::Ipv6Address, "2001:DB8:0:0:0:0:0:1") == "20010db8000000000000000000000001");
  CHECK(parsed(DataType::Ipv6Address, "::ffff:192.0.2.1") == "00000000000000000000ffffc0000201");
}

TEST_CASE("host bits of a prefix are masked, and an address alone is its own prefix") {
  CHECK(parsed(DataType::Ipv4Prefix, "192.0.2.77/24") == "0018c0000200");
  CHECK(parsed(DataType::Ipv4Prefix, "192.0.2.77") == "0020c000024d");
  CHECK(parsed(DataType::Ipv6Prefix, "2001:db8:0:1::7/64") == "004020010db800000001");
  CHECK(parsed(DataType::Ipv6Prefix, "2001:db8::1") == "008020010db8000000000000000000000001");
}

TEST_CASE("a value of fixed size is valid at that size and at no other", "[COD-12]") {
  const std::pair<DataType, size_t> sizes[] = {
      {DataType::Uint8, 1},        {DataType::Uint16, 2},  {DataType::Uint32, 4}, {DataType::Uint64, 8},
      {DataType::Int32, 4},        {DataType::Time, 4},    {DataType::Ifid, 8},   {DataType::Ipv4Address, 4},
      {DataType::Ipv6Address, 16}, {DataType::Ethernet, 6}};
  for (auto [type, size] : sizes) {
    INFO(data_type_word(type));
    CHECK(fixed_size(type) == size);
    CHECK(is_valid(type, filled(size, 0)));
    CHECK(is_valid(type, filled(size, 0xff)));
    CHECK_FALSE(is_valid(type, filled(size - 1, 0)));
    CHECK_FALSE(is_valid(type, filled(size + 1, 0)));
    CHECK_FALSE(is_valid(type, {}));
  }
}

TEST_CASE("octets and text have any size, a TLV at least one octet, an address of either family four or sixteen") {
  for (DataType type : {DataType::OctetString, DataType::Text, DataType::ABinary}) {
    CHECK(fixed_size(type) == 0);
    CHECK(is_valid(type, {}));
    CHECK(is_valid(type, filled(253, 0)));
  }
  CHECK_FALSE(is_valid(DataType::Tlv, {}));
  CHECK(is_valid(DataType::Tlv, filled(3, 1)));
  for (size_t size = 0; size <= 17; ++size) {
    INFO(size);
    CHECK(is_valid(DataType::ComboIp, filled(size, 1)) == (size == 4 || size == 16));
  }
}

// C-14b to C-14e
TEST_CASE("an IPv6 prefix needs its octets, and zeros behind its length", "[COD-13]") {
  auto valid = [](const char* octets) { return is_valid(DataType::Ipv6Prefix, unhex(octets)); };
  CHECK(valid("0000"));
  CHECK(valid("004020010db800000001"));
  CHECK(valid("008020010db8000000000000000000000001"));
  CHECK_FALSE(valid(""));
  CHECK_FALSE(valid("00"));
  CHECK_FALSE(valid("008120"));
  CHECK_FALSE(valid("003c20010db800000001"));
  CHECK_FALSE(valid("004020010db8000000"));
  CHECK_FALSE(valid("00ff20010db8000000000000000000000001"));
  CHECK_FALSE(valid("008020010db800000000000000000000000100"));
  // More octets than the length needs are allowed, as long as they are zero; the Reserved octet is ignored.
  CHECK(valid("002020010db8000000000000000000000000"));
  CHECK(valid("ff2020010db8"));
  CHECK_FALSE(valid("002020010db800000001"));
}

TEST_CASE("an IPv4 prefix is six octets with a length to 32 and zeros behind it", "[COD-14]") {
  auto valid = [](const char* octets) { return is_valid(DataType::Ipv4Prefix, unhex(octets)); };
  CHECK(valid("0018c0000200"));
  CHECK(valid("0020c0000201"));
  CHECK(valid("002000000000"));
  CHECK_FALSE(valid("0021c0000201"));
  CHECK_FALSE(valid("0018c0000201"));
  CHECK_FALSE(valid("0018c00002"));
  CHECK_FALSE(valid("0018c000020000"));
  CHECK_FALSE(valid(""));
}

// C-14p
TEST_CASE("0.0.0.0 goes out with a Prefix-Length of 32", "[COD-14]") {
  CHECK(parsed(DataType::Ipv4Prefix, "0.0.0.0/0") == "002000000000");
  CHECK(parsed(DataType::Ipv4Prefix, "0.0.0.0/32") == "002000000000");
  CHECK(parsed(DataType::Ipv4Prefix, "0.0.0.1/32") == "002000000001");
}

TEST_CASE("text keeps every octet, NUL too", "[COD-10]") {
  using namespace std::string_view_literals;
  CHECK(parsed(DataType::Text, "a\0b"sv) == "610062");
  CHECK(print_value(DataType::Text, unhex("610062")) == "a\0b"sv);
}

TEST_CASE("data types and their words go both ways") {
  for (const char* word : {"octets", "string",   "byte",    "short",    "integer",    "integer64",     "signed",
                           "date",   "ifid",     "ipaddr",  "ipv6addr", "ipv6prefix", "ipv4prefix",    "tlv",
                           "ether",  "combo-ip", "abinary", "vsa",      "extended",   "long-extended", "evs"}) {
    INFO(word);
    auto type = data_type_by_word(word);
    REQUIRE(type.has_value());
    CHECK(data_type_word(*type) == word);
  }
  for (const char* bad : {"", "Integer", "int", "octets ", "struct"}) {
    INFO(bad);
    CHECK_FALSE(data_type_by_word(bad).has_value());
  }
}

TEST_CASE("what follows a NUL is part of the text") {
  using namespace std::string_view_literals;
  CHECK(parsed(DataType::Ipv4Address, "192.0.2.1\0x"sv) == "refused");
  CHECK(parsed(DataType::Ipv6Address, "::1\0x"sv) == "refused");
  CHECK(parsed(DataType::Time, "Nov 14 2023\0x"sv) == "refused");
}

TEST_CASE("an Ethernet address is six groups of two digits") {
  CHECK(parsed(DataType::Ethernet, "1:23:45:67:89:ab:c") == "refused");
  CHECK(parsed(DataType::Ethernet, "0000:5e00:5301") == "refused");
  CHECK(parsed(DataType::Ethernet, "00 00 5e 00 53 01") == "refused");
}

TEST_CASE("a day that no month has is no time") {
  CHECK(parsed(DataType::Time, "Feb 30 2023") == "refused");
  CHECK(parsed(DataType::Time, "2023-11-31T00:00:00Z") == "refused");
}
