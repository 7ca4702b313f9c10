// SPDX-License-Identifier: Apache-2.0
/// A dictionary that follows another one while the server runs: handles are for life.
#include "dictionary/notation.h"
#include "dictionary/parsing.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Following {
  Dictionary before, after;

  Following(std::string_view was, std::string_view is, const std::function<void(Dictionary&)>& use = nullptr) {
    REQUIRE(parse_dictionary_text(was, "was", before).empty());
    before.finish();
    if (use) use(before);
    REQUIRE(parse_dictionary_text(is, "is", after).empty());
    after.finish(&before);
  }
  uint32_t was(std::string_view name) const { return before.find(name)->id; }
  uint32_t is(std::string_view name) const { return after.find(name)->id; }
};

constexpr std::string_view small =
    "ATTRIBUTE User-Name 1 string\nATTRIBUTE Class 25 octets\nVENDOR Acme 9999\nBEGIN-VENDOR Acme\n"
    "ATTRIBUTE Acme-Level 1 integer\nVALUE Acme-Level High 2\nEND-VENDOR Acme\n";

}  // namespace

TEST_CASE("an attribute keeps its handle wherever it stands in the file, and its values") {
  Following following(small,
                      "ATTRIBUTE New 77 string\nVENDOR Acme 9999\nBEGIN-VENDOR Acme\nATTRIBUTE Acme-New 7 string\n"
                      "ATTRIBUTE Acme-Level 1 integer\nVALUE Acme-Level High 2\nVALUE Acme-Level Low 1\nEND-VENDOR Acme\n"
                      "ATTRIBUTE Class 25 octets\nATTRIBUTE User-Name 1 string\n");
  for (const char* name : {"User-Name", "Class", "Acme-Level", "Vendor-Specific.Acme"}) {
    INFO(name);
    CHECK(following.is(name) == following.was(name));
    CHECK(following.after.by_id(following.is(name)) == following.after.find(name));
  }
  for (const char* name : {"New", "Acme-New"}) {
    INFO(name);
    CHECK(following.is(name) > following.before.attribute_count());
    CHECK(following.after.by_id(following.is(name)) == following.after.find(name));
  }
  CHECK(following.is("New") != following.is("Acme-New"));
  const AttributeDefinition& level = *following.after.find("Acme-Level");
  CHECK(following.after.value_by_name(level, "Low") == 1u);
  CHECK(following.after.name_by_value(level, 2) == "High");
}

TEST_CASE("the handle of an attribute that is gone is nobody's, even when another comes") {
  Following following(small, "ATTRIBUTE User-Name 1 string\nATTRIBUTE Category 25 octets\n");
  CHECK(following.after.find("Class") == nullptr);
  CHECK(following.after.by_id(following.was("Class")) == nullptr);
  CHECK(following.after.by_id(following.was("Acme-Level")) == nullptr);
  // Another name for the number is another attribute.
  CHECK(following.is("Category") > following.before.attribute_count());
}

TEST_CASE("another number under a name is another attribute, another type is not") {
  Following following(small, "ATTRIBUTE User-Name 2 string\nATTRIBUTE Class 25 string\n");
  CHECK(following.is("User-Name") != following.was("User-Name"));
  CHECK(following.after.by_id(following.was("User-Name")) == nullptr);
  CHECK(following.is("Class") == following.was("Class"));
  CHECK(following.after.find("Class")->type == DataType::Text);
}

TEST_CASE("values that another attribute's names stand for are found under the new handles") {
  std::string_view v4 =
      "BEGIN-PROTOCOL RADIUS\n%sENUM Colour integer\nVALUE Colour Red 1\nATTRIBUTE Paint 7 integer enum=Colour\n"
      "END-PROTOCOL RADIUS\n";
  std::string was(v4), is(v4);
  was.replace(was.find("%s"), 2, "");
  is.replace(is.find("%s"), 2, "ATTRIBUTE Before 8 string\n");
  Following following(was, is);
  const AttributeDefinition& paint = *following.after.find("Paint");
  CHECK(following.after.name_by_value(paint, 1) == "Red");
  CHECK(following.after.by_id(paint.enumeration) == following.after.find("Colour"));
}

TEST_CASE("raw attributes go on under their handles, and new ones follow all others") {
  uint32_t raw = 0, vendors = 0;
  Following following(small, "ATTRIBUTE New 77 string\nATTRIBUTE User-Name 1 string\n", [&](Dictionary& before) {
    raw = before.raw_attribute({200}, "Attr-200")->id;
    vendors = before.raw_attribute({26, 4711, 3}, "Vendor-4711-Attr-3")->id;
  });
  CHECK(following.is("Attr-200") == raw);
  CHECK(following.is("Vendor-4711-Attr-3") == vendors);
  CHECK(following.after.by_id(raw)->number == 200);
  CHECK(following.after.by_id(vendors)->vendor == 4711);
  const AttributeDefinition* another = following.after.raw_attribute({201}, "Attr-201");
  REQUIRE(another != nullptr);
  CHECK(another->id == following.after.attribute_count());
  CHECK(following.after.raw_attribute({200}, "Attr-200")->id == raw);
}

TEST_CASE("a third dictionary goes on from the second") {
  Following following(small, "ATTRIBUTE User-Name 1 string\n", [](Dictionary& before) {
    before.raw_attribute({200}, "Attr-200");
  });
  Dictionary third;
  REQUIRE(parse_dictionary_text(small, "third", third).empty());
  third.finish(&following.after);
  CHECK(third.find("User-Name")->id == following.was("User-Name"));
  CHECK(third.find("Attr-200")->id == following.is("Attr-200"));
  // It was gone: nobody may take it for what it was.
  CHECK(third.find("Class")->id > following.after.attribute_count());
}

TEST_CASE("a dictionary knows which of its files have changed, those that were missing too") {
  TemporaryFolder folder;
  std::string first = folder.write("first", "$INCLUDE second\n$INCLUDE- third\nATTRIBUTE User-Name 1 string\n");
  std::string second = folder.write("second", "ATTRIBUTE Class 25 octets\n");
  Dictionary dictionary;
  REQUIRE(parse_dictionary(first, dictionary).empty());
  dictionary.finish();
  CHECK(dictionary.changed_files().empty());
  std::string third = folder.write("third", "");
  CHECK(dictionary.changed_files() == std::vector<std::string>{third});
  folder.write("second", "ATTRIBUTE Class 25 string\n");
  CHECK(dictionary.changed_files() == std::vector<std::string>{second, third});
}
