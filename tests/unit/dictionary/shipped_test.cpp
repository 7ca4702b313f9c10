// SPDX-License-Identifier: Apache-2.0
/// The dictionaries that ship.
#include <algorithm>
#include <filesystem>

#include "base/writer.h"
#include "catch.h"
#include "dictionary/notation.h"
#include "dictionary/parser.h"

using namespace radhost;

namespace {

namespace fs = std::filesystem;

void load(const std::string& path, Dictionary& dictionary) {
  for (const DictionaryError& error : parse_dictionary(path, dictionary)) FAIL_CHECK(error.to_text());
  dictionary.finish();
}

std::string folder_file(const char* name) { return std::string(RADHOST_DICTIONARIES) + "/" + name; }

}  // namespace

TEST_CASE("the shipped dictionaries load without a mistake") {
  Dictionary dictionary;
  load(folder_file("dictionary"), dictionary);
  CHECK(dictionary.attribute_count() > 1000);
}

TEST_CASE("the top file includes every shipped dictionary") {
  Dictionary all;
  load(folder_file("dictionary"), all);
  for (const auto& entry : fs::directory_iterator(RADHOST_DICTIONARIES)) {
    if (entry.path().extension() != ".dictionary") continue;
    INFO(entry.path().string());
    Dictionary again;
    load(folder_file("dictionary"), again);
    size_t before = again.attribute_count();
    CHECK(parse_dictionary(entry.path().string(), again).empty());
    CHECK(again.attribute_count() == before);
  }
}

TEST_CASE("what the protocol machinery looks at has its number and type in the shipped dictionaries") {
  Dictionary dictionary;
  load(folder_file("dictionary"), dictionary);
  const std::tuple<const char*, uint32_t, DataType> rows[] = {{"User-Name", 1, DataType::Text},
                                                              {"User-Password", 2, DataType::Text},
                                                              {"NAS-IP-Address", 4, DataType::Ipv4Address},
                                                              {"Vendor-Specific", 26, DataType::Vsa},
                                                              {"Event-Timestamp", 55, DataType::Time},
                                                              {"Tunnel-Password", 69, DataType::Text},
                                                              {"EAP-Message", 79, DataType::OctetString},
                                                              {"Message-Authenticator", 80, DataType::OctetString},
                                                              {"Framed-IPv6-Prefix", 97, DataType::Ipv6Prefix},
                                                              {"Error-Cause", 101, DataType::Uint32}};
  for (auto [name, number, type] : rows) {
    INFO(name);
    const AttributeDefinition* found = dictionary.find(name);
    REQUIRE(found != nullptr);
    CHECK(found->number == number);
    CHECK(found->type == type);
    CHECK(dictionary.root().child(number) == found);
  }
  CHECK(dictionary.find("User-Password")->hiding == Hiding::UserPassword);
  CHECK(dictionary.find("Tunnel-Password")->hiding == Hiding::TunnelPassword);
  CHECK(dictionary.find("Tunnel-Password")->tagged);
  CHECK(dictionary.find("EAP-Message")->concat);
  CHECK(dictionary.find("MS-MPPE-Send-Key")->hiding == Hiding::TunnelPassword);
  CHECK(dictionary.find("Extended-Attribute-1")->type == DataType::Extended);
  CHECK(dictionary.find("Extended-Attribute-5")->type == DataType::LongExtended);
}

TEST_CASE("every named value of the shipped dictionaries is understood, and its number is printed as a name of it") {
  Dictionary dictionary;
  load(folder_file("dictionary"), dictionary);
  size_t seen = 0;
  for (uint32_t id = 1; id <= dictionary.attribute_count(); ++id) {
    const AttributeDefinition& attribute = *dictionary.by_id(id);
    for (auto [number, name] : dictionary.values(attribute)) {
      INFO(attribute.name << " " << name);
      CHECK(dictionary.value_by_name(attribute, name) == number);
      std::vector<uint8_t> octets(fixed_size(attribute.type));
      put_uint_be(octets, number);
      Octets value = attribute.tagged_integer() ? Octets(octets).subspan(1) : Octets(octets);
      AttributeList list;
      REQUIRE_FALSE(list.add(attribute, value).has_value());
      auto pairs = parse_pairs(print_pair(dictionary, list.at(0)));
      REQUIRE(pairs.ok());
      REQUIRE(pairs->size() == 1);
      AttributeList again;
      CHECK(add_pair(dictionary, (*pairs)[0], again) == "");
      REQUIRE(again.size() == 1);
      CHECK(to_hex(again.at(0).value) == to_hex(value));
      ++seen;
    }
  }
  CHECK(seen > 1000);
}
