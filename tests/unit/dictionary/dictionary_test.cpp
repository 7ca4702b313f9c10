// SPDX-License-Identifier: Apache-2.0
#include "dictionary/dictionary.h"

#include <atomic>
#include <thread>

#include "dictionary/parsing.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE("an empty dictionary knows Vendor-Specific's place and nothing else") {
  Dictionary dictionary;
  CHECK(dictionary.root().type == DataType::Root);
  REQUIRE(dictionary.root().child(26) != nullptr);
  CHECK(dictionary.root().child(26)->type == DataType::Vsa);
  CHECK(dictionary.root().child(1) == nullptr);
  CHECK(dictionary.attribute_count() == 0);
  CHECK(dictionary.find("User-Name") == nullptr);
  CHECK(dictionary.by_id(0) == nullptr);
  CHECK(dictionary.by_id(1) == nullptr);
}

TEST_CASE("names are found whatever their letters' case, and handles count from one") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE User-Name 1 string\nATTRIBUTE Class 25 octets\n");
  const AttributeDefinition* name = dictionary.find("USER-name");
  REQUIRE(name != nullptr);
  CHECK(name->name == "User-Name");
  CHECK(name->id == 1);
  CHECK(dictionary.by_id(1) == name);
  CHECK(dictionary.by_id(2) == dictionary.find("class"));
  CHECK(dictionary.by_id(3) == nullptr);
  CHECK(dictionary.find("User-Nam") == nullptr);
  CHECK(dictionary.find("User-Name-") == nullptr);
  CHECK(dictionary.find("") == nullptr);
}

TEST_CASE("of two names for a number the last stands in the tree, and both are found") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE Old-Name 1 string\nATTRIBUTE New-Name 1 string\n");
  CHECK(dictionary.root().child(1)->name == "New-Name");
  CHECK(dictionary.find("Old-Name")->number == 1);
}

// VALUE: two names for a value
TEST_CASE("of several names for a value the last one given is printed, and all are understood") {
  Dictionary dictionary;
  read(dictionary,
       "ATTRIBUTE Service-Type 6 integer\nVALUE Service-Type Login-User 1\nVALUE Service-Type Framed-User 2\n"
       "VALUE Service-Type Login 1\n");
  const AttributeDefinition& type = *dictionary.find("Service-Type");
  CHECK(dictionary.name_by_value(type, 1) == "Login");
  CHECK(dictionary.name_by_value(type, 2) == "Framed-User");
  CHECK(dictionary.value_by_name(type, "Login-User") == 1u);
  CHECK(dictionary.value_by_name(type, "login") == 1u);
  CHECK(dictionary.value_by_name(type, "FRAMED-USER") == 2u);
}

TEST_CASE("numbers and words without a name have none") {
  Dictionary dictionary;
  read(dictionary,
       "ATTRIBUTE A 6 integer\nVALUE A one 1\nVALUE A three 3\nATTRIBUTE B 7 integer\nVALUE B two 2\n"
       "ATTRIBUTE C 8 integer\n");
  const AttributeDefinition& a = *dictionary.find("A");
  const AttributeDefinition& b = *dictionary.find("B");
  const AttributeDefinition& c = *dictionary.find("C");
  for (uint64_t value : {0u, 2u, 4u}) {
    INFO(value);
    CHECK(dictionary.name_by_value(a, value).empty());
  }
  CHECK(dictionary.name_by_value(b, 1).empty());
  CHECK(dictionary.name_by_value(b, 3).empty());
  CHECK(dictionary.name_by_value(c, 1).empty());
  CHECK_FALSE(dictionary.value_by_name(a, "two").has_value());
  CHECK_FALSE(dictionary.value_by_name(b, "one").has_value());
  CHECK_FALSE(dictionary.value_by_name(c, "one").has_value());
  CHECK_FALSE(dictionary.value_by_name(a, "").has_value());
  CHECK_FALSE(dictionary.value_by_name(a, "on").has_value());
}

TEST_CASE("all values of an attribute are listed by number") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE A 6 integer\nVALUE A three 3\nVALUE A one 1\nATTRIBUTE B 7 integer\nVALUE B two 2\n");
  auto values = dictionary.values(*dictionary.find("A"));
  REQUIRE(values.size() == 2);
  CHECK((values[0].first == 1 && values[0].second == "one"));
  CHECK((values[1].first == 3 && values[1].second == "three"));
}

TEST_CASE("vendors are found by name and by number") {
  Dictionary dictionary;
  read(dictionary, "VENDOR Microsoft 311\nVENDOR USR 429 format=4,0\nVENDOR Large 4294967295\n");
  CHECK(dictionary.vendor_by_name("microsoft") == 311u);
  CHECK(dictionary.vendor_name(311) == "Microsoft");
  CHECK(dictionary.vendor_name(4294967295u) == "Large");
  CHECK(dictionary.vendor_name(312).empty());
  CHECK_FALSE(dictionary.vendor_by_name("Micro").has_value());
  const AttributeDefinition* usr = dictionary.root().child(26)->child(429);
  REQUIRE(usr != nullptr);
  CHECK(usr->format == VendorFormat{4, 0, false});
}

TEST_CASE("a vendor's space has a handle under the name of what holds it") {
  Dictionary dictionary;
  read(dictionary,
       "VENDOR Acme 9999\nATTRIBUTE Extended-Attribute-1 241 extended\n"
       "ATTRIBUTE Extended-Vendor-Specific-1 241.26 evs\n"
       "BEGIN-VENDOR Acme parent=Extended-Vendor-Specific-1\nATTRIBUTE Acme-Text 1 string\nEND-VENDOR Acme\n");
  const AttributeDefinition* space = dictionary.find("Vendor-Specific.Acme");
  REQUIRE(space != nullptr);
  CHECK(space->type == DataType::Vendor);
  CHECK(dictionary.by_id(space->id) == space);
  const AttributeDefinition* extended = dictionary.find("Extended-Vendor-Specific-1.Acme");
  REQUIRE(extended != nullptr);
  CHECK(extended != space);
  CHECK(extended->child(1) == dictionary.find("Acme-Text"));
  CHECK(dictionary.find("Acme-Text")->vendor == 9999);
}

TEST_CASE("a raw attribute holds octets under any number that fits its place") {
  Dictionary dictionary;
  read(dictionary,
       "ATTRIBUTE User-Name 1 string\nATTRIBUTE Ext 241 extended\nATTRIBUTE Evs 241.26 evs\nATTRIBUTE T 241.2 tlv\n"
       "VENDOR Acme 9999\nVENDOR Wide 8888 format=2,1\n");
  auto raw = [&](const std::vector<uint32_t>& path) {
    std::string name = "raw";
    for (uint32_t number : path) name += "-" + std::to_string(number);
    return dictionary.raw_attribute(path, name);
  };
  for (const std::vector<uint32_t>& path : {std::vector<uint32_t>{1},
                                            {200},
                                            {255},
                                            {241, 9},
                                            {241, 26, 9999, 1},
                                            {241, 26, 5, 1},
                                            {26, 9999, 1},
                                            {26, 5, 255},
                                            {26, 8888, 65535},
                                            {241, 2, 7}}) {
    INFO(path.front() << " " << path.back());
    const AttributeDefinition* made = raw(path);
    REQUIRE(made != nullptr);
    CHECK(made->type == DataType::OctetString);
    CHECK(made->number == path.back());
    CHECK(dictionary.by_id(made->id) == made);
    CHECK(dictionary.find(made->name) == made);
    CHECK(raw(path) == made);
  }
  for (const std::vector<uint32_t>& path : {std::vector<uint32_t>{},
                                            {256},
                                            {1, 1},
                                            {200, 1},
                                            {241, 256},
                                            {26, 9999, 256},
                                            {26, 5, 1, 1},
                                            {241, 26, 5, 300},
                                            {241, 9, 1}}) {
    INFO(path.size());
    CHECK(raw(path) == nullptr);
  }
}

TEST_CASE("raw attributes are added while other threads read") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE User-Name 1 string\n");
  const AttributeDefinition* user_name = dictionary.find("User-Name");
  constexpr uint32_t added_by_each = 200;
  std::atomic<bool> is_done{false};
  std::atomic<size_t> seen{0};
  std::thread reader([&] {
    while (!is_done) {
      size_t count = dictionary.attribute_count();
      const AttributeDefinition* newest = dictionary.by_id(static_cast<uint32_t>(count));
      if (newest == nullptr || dictionary.find(newest->name) != newest) return;
      if (dictionary.find("User-Name") != user_name) return;
      seen = count;
    }
  });
  auto add = [&](uint32_t first) {
    for (uint32_t number = first; number < first + added_by_each; ++number)
      dictionary.raw_attribute({26, number, 1}, "Vendor-" + std::to_string(number) + "-Attr-1");
  };
  size_t before = dictionary.attribute_count();
  std::thread one(add, 1000), same(add, 1000), other(add, 1000 + added_by_each);
  for (std::thread* thread : {&one, &same, &other}) thread->join();
  size_t after = dictionary.attribute_count();
  CHECK(after == before + 2 * added_by_each);
  for (int look = 0; look < 1000 && seen != after; ++look) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  is_done = true;
  reader.join();
  CHECK(seen == after);
}

TEST_CASE("raw attributes are bounded") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE User-Name 1 string\n");
  for (uint32_t number = 0; number < Dictionary::raw_attributes_max; ++number)
    if (dictionary.raw_attribute({26, number, 1}, std::to_string(number)) == nullptr) FAIL("too early: " << number);
  CHECK(dictionary.raw_attribute({26, 1, 2}, "one more") == nullptr);
  CHECK(dictionary.raw_attribute({26, 1, 1}, "1") != nullptr);
}
