// SPDX-License-Identifier: Apache-2.0
// What FreeRADIUS 4 writes in dictionaries that FreeRADIUS 3.2 does not.
#include "dictionary/parsing.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

namespace {

const std::string begin = "PROTOCOL RADIUS 1\nBEGIN-PROTOCOL RADIUS\n";

struct Read {
  explicit Read(const std::string& text) : errors(parse_dictionary_text(text, "d", dictionary)) { dictionary.finish(); }

  /// Is there one mistake, at this line, that speaks of this?
  bool fails_at(unsigned line, std::string_view about) const {
    for (const DictionaryError& error : errors) UNSCOPED_INFO(error.to_text());
    return errors.size() == 1 && errors[0].line == line && errors[0].message.find(about) != std::string::npos;
  }
  const AttributeDefinition& attribute(std::string_view name) const { return test::attribute(dictionary, name); }

  Dictionary dictionary;
  std::vector<DictionaryError> errors;
};

}  // namespace

TEST_CASE("names are nested within a protocol, and global outside of it") {
  Read read(begin +
            "ATTRIBUTE User-Name 1 string\nVENDOR Cisco 9\nBEGIN-VENDOR Cisco\nATTRIBUTE AVPair 1 string\n"
            "END-VENDOR Cisco\nEND-PROTOCOL RADIUS\nVENDOR Acme 10\nBEGIN-VENDOR Acme\nATTRIBUTE Acme-A 1 string\n"
            "END-VENDOR Acme");
  CHECK(read.errors.empty());
  CHECK(read.attribute("User-Name").number == 1);
  CHECK(read.attribute("Vendor-Specific.Cisco.AVPair").vendor == 9);
  CHECK(read.dictionary.find("AVPair") == nullptr);
  CHECK(read.attribute("Acme-A").vendor == 10);
}

TEST_CASE("two vendors may give one name, and two attributes of one vendor may not") {
  const std::string vendors = begin + "VENDOR A 9\nVENDOR B 10\n";
  CHECK(Read(vendors + "BEGIN-VENDOR A\nATTRIBUTE X 1 string\nEND-VENDOR A\nBEGIN-VENDOR B\nATTRIBUTE X 1 integer\n"
                       "END-VENDOR B\nEND-PROTOCOL RADIUS")
            .errors.empty());
  CHECK(Read(vendors + "BEGIN-VENDOR A\nATTRIBUTE X 1 string\nATTRIBUTE X 2 string\nEND-VENDOR A\n"
                       "END-PROTOCOL RADIUS")
            .fails_at(7, "Vendor-Specific.A.X"));
}

TEST_CASE("a number that begins with a dot goes on from the last one that does not") {
  Read read(begin +
            "ATTRIBUTE Top 200 tlv\nATTRIBUTE One .1 tlv\nATTRIBUTE Two .1.2 integer\nVALUE Two.x none 0\n"
            "ATTRIBUTE Three .3 string\nEND-PROTOCOL RADIUS");
  CHECK(read.fails_at(6, "Two.x"));
  CHECK(read.attribute("Top.One.Two").number == 2);
  CHECK(read.attribute("Top.One.Two").parent == read.dictionary.find("Top.One"));
  CHECK(read.attribute("Top.Three").parent == read.dictionary.find("Top"));
  CHECK(Read(begin + "ATTRIBUTE One .1 tlv\nEND-PROTOCOL RADIUS").fails_at(3, "number"));
}

TEST_CASE("extended spaces are flagged TLVs, and hold vendors' spaces") {
  Read read(begin +
            "ATTRIBUTE Ext 241 tlv extended\nATTRIBUTE Long 245 tlv long-extended\nATTRIBUTE EVS 241.26 vsa\n"
            "VENDOR Cisco 9\nBEGIN-VENDOR Cisco parent=.Ext.EVS\nATTRIBUTE Foo 1 integer\nEND-VENDOR Cisco\n"
            "END-PROTOCOL RADIUS");
  CHECK(read.errors.empty());
  CHECK(read.attribute("Ext").type == DataType::Extended);
  CHECK(read.attribute("Long").type == DataType::LongExtended);
  CHECK(read.attribute("Ext.EVS").type == DataType::Evs);
  CHECK(read.attribute("Ext.EVS.Cisco.Foo").top().number == 241);
}

TEST_CASE("flags and types have the names that FreeRADIUS 4 gives them") {
  Read read(
      "ATTRIBUTE A 200 string encrypt=User-Password\nATTRIBUTE B 201 octets encrypt=Tunnel-Password,has_tag\n"
      "ATTRIBUTE C 202 octets encrypt=Ascend-Secret\nATTRIBUTE D 203 string secret\nATTRIBUTE E 204 bool");
  CHECK(read.errors.empty());
  CHECK(read.attribute("A").hiding == Hiding::UserPassword);
  CHECK(read.attribute("B").hiding == Hiding::TunnelPassword);
  CHECK(read.attribute("C").hiding == Hiding::AscendSecret);
  CHECK(read.attribute("D").sensitive());
  CHECK_FALSE(read.attribute("D").hidden());
  CHECK(read.attribute("E").type == DataType::Uint8);
  CHECK(Read("ATTRIBUTE A 200 string encrypt=Nothing").fails_at(1, "encrypt=Nothing"));
  CHECK(Read("ATTRIBUTE A 200 string extended").fails_at(1, "extended"));
}

TEST_CASE("attributes share the names of an enumeration") {
  Read read("ENUM Answer integer\nVALUE Answer Yes 1\nATTRIBUTE A 200 integer enum=Answer\nVALUE A No 2");
  CHECK(read.errors.empty());
  const AttributeDefinition& attribute = read.attribute("A");
  CHECK(read.dictionary.value_by_name(attribute, "yes") == 1u);
  CHECK(read.dictionary.name_by_value(attribute, 2) == "No");
  CHECK(read.dictionary.values(attribute).size() == 2);
  CHECK(read.attribute("Answer").internal);
  CHECK(Read("ATTRIBUTE A 200 integer enum=Answer").fails_at(1, "Answer"));
}

TEST_CASE("what is defined without a number is internal") {
  Read read("DEFINE Scratch string\nDEFINE Count integer secret\nDEFINE Scratch string");
  CHECK(read.fails_at(3, "Scratch"));
  CHECK(read.attribute("Scratch").internal);
  CHECK(read.attribute("Count").number != read.attribute("Scratch").number);
  CHECK(Read("DEFINE Scratch").fails_at(1, "DEFINE takes"));
}

TEST_CASE("an alias is one more name, by the whole name or by numbers") {
  const std::string cisco = begin +
                            "VENDOR Cisco 9\nBEGIN-VENDOR Cisco\nATTRIBUTE AVPair 1 string\nEND-VENDOR Cisco\n"
                            "END-PROTOCOL RADIUS\n";
  for (const char* reference : {"26.9.1", "Vendor-Specific.Cisco.AVPair", "@.Vendor-Specific.Cisco.AVPair"}) {
    INFO(reference);
    Read read(cisco + "ALIAS Cisco-AVPair " + reference);
    CHECK(read.errors.empty());
    CHECK(&read.attribute("Cisco-AVPair") == read.dictionary.find("Vendor-Specific.Cisco.AVPair"));
  }
  CHECK(Read(cisco + "ALIAS Cisco-AVPair 26.9.2").fails_at(8, "26.9.2"));
  CHECK(Read(cisco + "ALIAS Cisco-AVPair 26").fails_at(8, "26"));
  CHECK(Read("ATTRIBUTE A 1 string\nATTRIBUTE B 2 string\nALIAS A B").fails_at(3, "\"A\""));
}

TEST_CASE("structures and other protocols are refused where they stand") {
  CHECK(Read("MEMBER A string").fails_at(1, "MEMBER"));
  CHECK(Read("STRUCT A B 1").fails_at(1, "STRUCT"));
  CHECK(Read("ATTRIBUTE A 200 struct").fails_at(1, "struct"));
  CHECK(Read("PROTOCOL DHCPv4 2").fails_at(1, "RADIUS"));
  CHECK(Read("BEGIN-PROTOCOL DHCPv4").fails_at(1, "RADIUS"));
  CHECK(Read("BEGIN-PROTOCOL RADIUS").fails_at(1, "END-PROTOCOL"));
  CHECK(Read("END-PROTOCOL RADIUS").fails_at(1, "not begun"));
}

TEST_CASE("BEGIN and END open a TLV") {
  Read read(begin + "ATTRIBUTE T 200 tlv\nBEGIN T\nATTRIBUTE C 1 integer\nVALUE C one 1\nEND T\nEND-PROTOCOL RADIUS");
  CHECK(read.errors.empty());
  CHECK(read.dictionary.value_by_name(read.attribute("T.C"), "one") == 1u);
  CHECK(Read("ATTRIBUTE T 200 tlv\nBEGIN T\nEND-TLV T").errors.size() == 2);
}

TEST_CASE("a protocol's names are nested in the files it includes too") {
  TemporaryFolder folder;
  std::string top =
      folder.write("top", begin + "VENDOR A 9\n$INCLUDE leaf\nEND-PROTOCOL RADIUS\nATTRIBUTE B 1 string\n");
  folder.write("leaf", "BEGIN-VENDOR A\nATTRIBUTE X 1 string\nEND-VENDOR A\n");
  Dictionary dictionary;
  CHECK(parse_dictionary(top, dictionary).empty());
  CHECK(dictionary.find("Vendor-Specific.A.X") != nullptr);
}
