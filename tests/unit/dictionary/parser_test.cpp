// SPDX-License-Identifier: Apache-2.0
#include "dictionary/parser.h"

#include "dictionary/parsing.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE("every data type is read, under each of its names") {
  const std::pair<const char*, DataType> rows[] = {{"octets", DataType::OctetString},
                                                   {"string", DataType::Text},
                                                   {"text", DataType::Text},
                                                   {"byte", DataType::Uint8},
                                                   {"uint8", DataType::Uint8},
                                                   {"short", DataType::Uint16},
                                                   {"uint16", DataType::Uint16},
                                                   {"integer", DataType::Uint32},
                                                   {"uint32", DataType::Uint32},
                                                   {"integer64", DataType::Uint64},
                                                   {"uint64", DataType::Uint64},
                                                   {"signed", DataType::Int32},
                                                   {"int32", DataType::Int32},
                                                   {"date", DataType::Time},
                                                   {"time", DataType::Time},
                                                   {"ifid", DataType::Ifid},
                                                   {"ipaddr", DataType::Ipv4Address},
                                                   {"ipv4addr", DataType::Ipv4Address},
                                                   {"ipv6addr", DataType::Ipv6Address},
                                                   {"ipv6prefix", DataType::Ipv6Prefix},
                                                   {"ipv4prefix", DataType::Ipv4Prefix},
                                                   {"tlv", DataType::Tlv},
                                                   {"ether", DataType::Ethernet},
                                                   {"ethernet", DataType::Ethernet},
                                                   {"combo-ip", DataType::ComboIp},
                                                   {"abinary", DataType::ABinary},
                                                   {"extended", DataType::Extended},
                                                   {"long-extended", DataType::LongExtended}};
  for (auto [word, type] : rows) {
    INFO(word);
    Dictionary dictionary;
    read(dictionary, "ATTRIBUTE X 200 " + std::string(word));
    CHECK(attribute(dictionary, "X").type == type);
    CHECK(dictionary.root().child(200) == dictionary.find("X"));
  }
}

TEST_CASE("letter case does not matter in data types") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE X 200 String\nATTRIBUTE Y 201 IpAddr");
  CHECK(attribute(dictionary, "X").type == DataType::Text);
  CHECK(attribute(dictionary, "Y").type == DataType::Ipv4Address);
}

TEST_CASE("what is no data type is named") {
  for (const char* word :
       {"int", "vendor", "struct", "octets[", "octets[]", "octets[0]", "octets[254]", "octets[x]", "octets[4]x"}) {
    INFO(word);
    CHECK(fails_at(1, word, "ATTRIBUTE X 200 " + std::string(word)));
  }
}

TEST_CASE("octets of a given size keep it") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE X 200 octets[14]\nATTRIBUTE Y 201 octets[1]\nATTRIBUTE Z 202 octets[253]\n");
  CHECK(attribute(dictionary, "X").exact_size == 14);
  CHECK(attribute(dictionary, "Y").exact_size == 1);
  CHECK(attribute(dictionary, "Z").exact_size == 253);
}

TEST_CASE("every flag is read, several joined by commas") {
  Dictionary dictionary;
  read(dictionary,
       "ATTRIBUTE A 2 string encrypt=1\nATTRIBUTE B 69 string has_tag,encrypt=2\nATTRIBUTE C 64 integer has_tag=1\n"
       "ATTRIBUTE D 214 octets encrypt=3\nATTRIBUTE E 79 octets concat\nATTRIBUTE F 200 integer array\n"
       "ATTRIBUTE G 201 string internal\nATTRIBUTE H 202 string virtual\nATTRIBUTE I 203 string\n");
  CHECK(attribute(dictionary, "A").hiding == Hiding::UserPassword);
  CHECK(attribute(dictionary, "B").hiding == Hiding::TunnelPassword);
  CHECK(attribute(dictionary, "B").tagged);
  CHECK(attribute(dictionary, "C").tagged);
  CHECK(attribute(dictionary, "C").tagged_integer());
  CHECK(attribute(dictionary, "D").hiding == Hiding::AscendSecret);
  CHECK(attribute(dictionary, "E").concat);
  CHECK(attribute(dictionary, "F").array);
  CHECK(attribute(dictionary, "G").internal);
  CHECK(attribute(dictionary, "H").internal);
  const AttributeDefinition& plain = attribute(dictionary, "I");
  CHECK_FALSE((plain.tagged || plain.concat || plain.array || plain.internal || plain.sensitive()));
}

TEST_CASE("what is no flag is named") {
  for (const char* flag : {"tagged", "has_tag=2", "encrypt=4", "encrypt", "Internal"}) {
    INFO(flag);
    CHECK(fails_at(1, flag, "ATTRIBUTE X 200 string " + std::string(flag)));
  }
  CHECK(fails_at(1, "what", "ATTRIBUTE X 200 string has_tag,what"));
}

TEST_CASE("an attribute above 255 is internal, and so is all of a file after FLAGS internal") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE A 256 string\nATTRIBUTE B 255 string\nFLAGS internal\nATTRIBUTE C 3 string\n");
  CHECK(attribute(dictionary, "A").internal);
  CHECK_FALSE(attribute(dictionary, "B").internal);
  CHECK(attribute(dictionary, "C").internal);
}

TEST_CASE("numbers are decimal, hexadecimal, or a path") {
  Dictionary dictionary;
  read(
      dictionary,
      "ATTRIBUTE A 0x0A string\nATTRIBUTE Ext 241 extended\nATTRIBUTE T 241.2 tlv\nATTRIBUTE U 241.2.3 tlv\n"
      "ATTRIBUTE V 241.2.3.4 string\nVENDOR Acme 0x270f\nBEGIN-VENDOR Acme\nATTRIBUTE W 5 tlv\nATTRIBUTE X 5.6 string\n"
      "END-VENDOR Acme\n");
  CHECK(attribute(dictionary, "A").number == 10);
  CHECK(dictionary.root().child(241)->child(2)->child(3)->child(4) == dictionary.find("V"));
  CHECK(&attribute(dictionary, "V").top() == dictionary.find("Ext"));
  CHECK(dictionary.vendor_by_name("Acme") == 9999u);
  CHECK(attribute(dictionary, "X").vendor == 9999);
  CHECK(attribute(dictionary, "X").parent == dictionary.find("W"));
}

TEST_CASE("what is no number is named") {
  CHECK(fails_at(1, "\"x\"", "ATTRIBUTE A x string"));
  CHECK(fails_at(1, "\"-1\"", "ATTRIBUTE A -1 string"));
  CHECK(fails_at(1, "\"0x\"", "ATTRIBUTE A 0x string"));
  CHECK(fails_at(1, "\"4294967296\"", "ATTRIBUTE A 4294967296 string"));
  CHECK(fails_at(1, "\"1.x\"", "ATTRIBUTE A 1.x string"));
  CHECK(fails_at(2, "\"one\"", "ATTRIBUTE A 1 integer\nVALUE A one one"));
  CHECK(fails_at(1, "\"Acme\"", "VENDOR Acme Acme"));
  CHECK(fails_at(1, "\"0\"", "VENDOR Acme 0"));
  CHECK(fails_at(1, "\"4294967296\"", "VENDOR Acme 4294967296"));
}

TEST_CASE("a path that leads nowhere is named") {
  CHECK(fails_at(1, "241", "ATTRIBUTE A 241.1 string"));
  CHECK(fails_at(2, "User-Name", "ATTRIBUTE User-Name 1 string\nATTRIBUTE A 1.1 string"));
}

TEST_CASE("a line that has too few or too many words says what it takes") {
  CHECK(fails_at(1, "ATTRIBUTE takes", "ATTRIBUTE A 1"));
  CHECK(fails_at(1, "ATTRIBUTE takes", "ATTRIBUTE A 1 string internal more"));
  CHECK(fails_at(1, "VALUE takes", "VALUE A one"));
  CHECK(fails_at(1, "VALUE takes", "VALUE A one 1 2"));
  CHECK(fails_at(1, "VENDOR takes", "VENDOR Acme"));
  CHECK(fails_at(1, "VENDOR takes", "VENDOR Acme 1 format=1,1 more"));
  CHECK(fails_at(1, "BEGIN-VENDOR takes", "BEGIN-VENDOR"));
  CHECK(fails_at(1, "BEGIN-TLV takes", "BEGIN-TLV"));
  CHECK(fails_at(1, "$INCLUDE takes", "$INCLUDE"));
}

TEST_CASE("a word that the format does not have is named") {
  CHECK(fails_at(2, "\"ATTRIBUT\"", "# comment\nATTRIBUT A 1 string"));
  CHECK(fails_at(1, "\"attribute\"", "attribute A 1 string"));
  CHECK(fails_at(1, "FLAGS takes", "FLAGS external"));
}

TEST_CASE("comments, blank lines, tabs and carriage returns are nothing") {
  Dictionary dictionary;
  read(dictionary, "# comment\n\n  \t\nATTRIBUTE\tA \t 1\tstring # and more\r\n   ATTRIBUTE B 2 string\r\n\r\n");
  CHECK(dictionary.find("A") != nullptr);
  CHECK(dictionary.find("B") != nullptr);
}

TEST_CASE("every mistake is found, and what is right is added all the same") {
  Dictionary dictionary;
  auto errors =
      parse_dictionary_text("ATTRIBUTE A x string\nATTRIBUTE B 2 string\nWORD\nATTRIBUTE C 3 int\n", "d", dictionary);
  REQUIRE(errors.size() == 3);
  CHECK(errors[0].to_text().starts_with("d:1: "));
  CHECK(errors[1].line == 3);
  CHECK(errors[2].line == 4);
  CHECK(dictionary.find("B") != nullptr);
  CHECK(dictionary.find("A") == nullptr);
}

TEST_CASE("the same definition twice is fine, another one under the same name is not") {
  CHECK(mistakes("ATTRIBUTE A 1 string\nATTRIBUTE A 1 string\n") == "");
  CHECK(fails_at(2, "\"A\"", "ATTRIBUTE A 1 string\nATTRIBUTE A 2 string"));
  CHECK(fails_at(2, "\"a\"", "ATTRIBUTE A 1 string\nATTRIBUTE a 1 integer"));
  CHECK(mistakes("VENDOR Acme 9\nVENDOR acme 9\n") == "");
  CHECK(fails_at(2, "Acme", "VENDOR Acme 9\nVENDOR Acme 10"));
  CHECK(fails_at(2, "format", "VENDOR Acme 9\nVENDOR Acme 9 format=2,1"));
}

TEST_CASE("a vendor may have several names, and the first is shown") {
  Dictionary dictionary;
  read(dictionary,
       "VENDOR Acme 9\nVENDOR Other 9\nBEGIN-VENDOR Other\nATTRIBUTE Other-A 1 string\nEND-VENDOR Other\n"
       "BEGIN-VENDOR Acme\nATTRIBUTE Acme-A 1 string\nEND-VENDOR Acme");
  CHECK(dictionary.vendor_name(9) == "Acme");
  CHECK(dictionary.vendor_by_name("other") == 9u);
  // Both names of the attribute are understood; the last is shown.
  CHECK(attribute(dictionary, "Other-A").vendor == 9);
  CHECK(attribute(dictionary, "Acme-A").parent->child(1) == dictionary.find("Acme-A"));
  CHECK(fails_at(2, "format", "VENDOR Acme 9\nVENDOR Other 9 format=2,1"));
}

TEST_CASE("every vendor's format is read, and no other") {
  const std::pair<const char*, VendorFormat> rows[] = {{"format=1,1", {1, 1, false}}, {"format=2,1", {2, 1, false}},
                                                       {"format=4,1", {4, 1, false}}, {"format=1,0", {1, 0, false}},
                                                       {"format=4,0", {4, 0, false}}, {"format=2,2", {2, 2, false}},
                                                       {"format=1,1,c", {1, 1, true}}};
  for (auto [word, format] : rows) {
    INFO(word);
    Dictionary dictionary;
    read(dictionary, "VENDOR Acme 9 " + std::string(word));
    CHECK(dictionary.root().child(26)->child(9)->format == format);
  }
  for (const char* bad : {"format=3,1", "format=1,3", "format=0,1", "format=1", "format=1,1,x", "format=1,1,c,c",
                          "form=1,1", "format=", "format=x,1", "format=1,x"}) {
    INFO(bad);
    CHECK(fails_at(1, bad, "VENDOR Acme 9 " + std::string(bad)));
  }
}

TEST_CASE("attributes between BEGIN-VENDOR and END-VENDOR are the vendor's") {
  Dictionary dictionary;
  read(dictionary,
       "VENDOR Acme 9\nBEGIN-VENDOR Acme\nATTRIBUTE Acme-Text 1 string\nEND-VENDOR acme\nATTRIBUTE User-Name 1 string\n"
       "ATTRIBUTE Acme-Old 2 string Acme\n");
  CHECK(attribute(dictionary, "Acme-Text").vendor == 9);
  CHECK(attribute(dictionary, "User-Name").vendor == 0);
  CHECK(attribute(dictionary, "Acme-Old").vendor == 9);
  CHECK(dictionary.root().child(26)->child(9)->child(2) == dictionary.find("Acme-Old"));
}

TEST_CASE("attributes between BEGIN-TLV and END-TLV are the TLV's, in a vendor's space too") {
  Dictionary dictionary;
  read(dictionary,
       "ATTRIBUTE Ext 241 extended\nATTRIBUTE T 241.1 tlv\nBEGIN-TLV T\nATTRIBUTE T-One 1 string\nATTRIBUTE U 2 tlv\n"
       "BEGIN-TLV U\nATTRIBUTE U-One 1 string\nEND-TLV U\nATTRIBUTE T-Three 3 string\nEND-TLV T\n"
       "VENDOR Acme 9\nBEGIN-VENDOR Acme\nATTRIBUTE V 1 tlv\nBEGIN-TLV V\nATTRIBUTE V-One 1 string\nEND-TLV "
       "V\nEND-VENDOR Acme\n");
  CHECK(attribute(dictionary, "T-One").parent == dictionary.find("T"));
  CHECK(attribute(dictionary, "U-One").parent == dictionary.find("U"));
  CHECK(attribute(dictionary, "T-Three").parent == dictionary.find("T"));
  CHECK(attribute(dictionary, "V-One").parent == dictionary.find("V"));
  CHECK(attribute(dictionary, "V-One").vendor == 9);
}

TEST_CASE("a vendor within an EVS attribute has a space of its own there") {
  Dictionary dictionary;
  read(dictionary,
       "VENDOR Acme 9\nATTRIBUTE Ext 241 extended\nATTRIBUTE Evs 241.26 evs\n"
       "BEGIN-VENDOR Acme parent=Evs\nATTRIBUTE Acme-A 1 string\nEND-VENDOR Acme\n"
       "BEGIN-VENDOR Acme Evs\nATTRIBUTE Acme-B 2 string\nEND-VENDOR Acme\n");
  CHECK(attribute(dictionary, "Acme-A").parent->parent == dictionary.find("Evs"));
  CHECK(attribute(dictionary, "Acme-B").parent == attribute(dictionary, "Acme-A").parent);
  CHECK(attribute(dictionary, "Acme-A").vendor == 9);
}

TEST_CASE("what is begun must be ended, and what is ended begun") {
  CHECK(fails_at(2, "END-VENDOR", "VENDOR Acme 9\nBEGIN-VENDOR Acme\nATTRIBUTE A 1 string\n"));
  CHECK(fails_at(2, "END-TLV", "ATTRIBUTE T 200 tlv\nBEGIN-TLV T\n"));
  CHECK(fails_at(2, "not begun", "VENDOR Acme 9\nEND-VENDOR Acme"));
  CHECK(fails_at(1, "not begun", "END-TLV T"));
  CHECK(mistakes("VENDOR Acme 9\nVENDOR Other 8\nBEGIN-VENDOR Acme\nEND-VENDOR Other\n").starts_with("d:4: "));
  CHECK(mistakes("VENDOR Acme 9\nBEGIN-VENDOR Acme\nATTRIBUTE T 1 tlv\nBEGIN-TLV T\nEND-VENDOR Acme\n")
            .starts_with("d:5: "));
}

TEST_CASE("only what is known and of the right kind can be begun") {
  CHECK(fails_at(1, "\"Acme\"", "BEGIN-VENDOR Acme"));
  CHECK(fails_at(1, "\"T\"", "BEGIN-TLV T"));
  CHECK(fails_at(2, "\"User-Name\"", "ATTRIBUTE User-Name 1 string\nBEGIN-TLV User-Name"));
  CHECK(
      fails_at(3, "\"User-Name\"", "VENDOR Acme 9\nATTRIBUTE User-Name 1 string\nBEGIN-VENDOR Acme parent=User-Name"));
  CHECK(fails_at(2, "\"Nothing\"", "VENDOR Acme 9\nBEGIN-VENDOR Acme parent=Nothing"));
}

TEST_CASE("a VALUE may come before its ATTRIBUTE, as long as that comes at all") {
  Dictionary dictionary;
  read(dictionary, "VALUE A one 1\nATTRIBUTE A 200 integer\n");
  CHECK(dictionary.value_by_name(attribute(dictionary, "A"), "one") == 1u);
  CHECK(fails_at(2, "\"B\"", "ATTRIBUTE A 200 integer\nVALUE B one 1\nATTRIBUTE C 201 integer"));
}

TEST_CASE("only numbers have named values") {
  CHECK(mistakes("ATTRIBUTE A 200 byte\nVALUE A x 1\nATTRIBUTE B 201 short\nVALUE B x 0x10\nATTRIBUTE C 202 integer64\n"
                 "VALUE C x 18446744073709551615\n") == "");
  CHECK(fails_at(2, "\"A\"", "ATTRIBUTE A 200 string\nVALUE A x 1"));
  CHECK(fails_at(1, "\"A\"", "VALUE A x 1\nATTRIBUTE A 200 ipaddr"));
}

TEST_CASE("signed values have names too, and octets keep theirs for show") {
  Dictionary dictionary;
  read(dictionary, "ATTRIBUTE S 200 signed\nVALUE S None -1\nATTRIBUTE O 201 octets\nVALUE O one 1");
  CHECK(dictionary.value_by_name(attribute(dictionary, "S"), "None") == 0xffffffffu);
  CHECK(dictionary.name_by_value(attribute(dictionary, "S"), 0xffffffff) == "None");
  CHECK(dictionary.values(attribute(dictionary, "O")).size() == 1);
}

TEST_CASE("a number that its place does not have room for is named") {
  CHECK(fails_at(3, "300", "VENDOR Acme 9\nBEGIN-VENDOR Acme\nATTRIBUTE A 300 string\nEND-VENDOR Acme"));
  CHECK(fails_at(3, "65536", "VENDOR Acme 9 format=2,1\nBEGIN-VENDOR Acme\nATTRIBUTE A 65536 string\nEND-VENDOR Acme"));
  CHECK(fails_at(2, "256", "ATTRIBUTE Ext 241 extended\nATTRIBUTE A 241.256 string"));
  CHECK(fails_at(3, "256", "ATTRIBUTE Ext 241 extended\nATTRIBUTE T 241.1 tlv\nATTRIBUTE A 241.1.256 string"));
  CHECK(mistakes("VENDOR Acme 9 format=2,1\nBEGIN-VENDOR Acme\nATTRIBUTE A 65535 string\nEND-VENDOR Acme") == "");
  CHECK(mistakes("VENDOR Acme 9 format=4,0\nBEGIN-VENDOR Acme\nATTRIBUTE A 0xffffffff string\nEND-VENDOR Acme") == "");
}

TEST_CASE("a path with an empty part is no number") {
  for (const char* bad : {"241..1", "241.1.", ".241", "."}) {
    INFO(bad);
    CHECK(fails_at(2, bad, "ATTRIBUTE Ext 241 extended\nATTRIBUTE A " + std::string(bad) + " string"));
  }
}

TEST_CASE("a size stands behind octets alone") {
  for (const char* bad : {"ifid[2]", "integer[8]", "string[20]", "tlv[4]", "ipaddr[4]"}) {
    INFO(bad);
    CHECK(fails_at(1, bad, "ATTRIBUTE A 200 " + std::string(bad)));
  }
}

TEST_CASE("tags are for integers and text alone") {
  CHECK(fails_at(1, "has_tag", "ATTRIBUTE A 200 ipaddr has_tag"));
  CHECK(fails_at(1, "has_tag", "ATTRIBUTE A 200 integer64 has_tag"));
}

TEST_CASE("a value that its attribute has no room for is named") {
  CHECK(fails_at(2, "256", "ATTRIBUTE A 200 byte\nVALUE A x 256"));
  CHECK(fails_at(2, "65536", "ATTRIBUTE A 200 short\nVALUE A x 65536"));
  CHECK(fails_at(2, "4294967296", "ATTRIBUTE A 200 integer\nVALUE A x 4294967296"));
  CHECK(fails_at(2, "16777216", "ATTRIBUTE A 64 integer has_tag\nVALUE A x 16777216"));
  CHECK(fails_at(1, "256", "VALUE A x 256\nATTRIBUTE A 200 byte"));
}

TEST_CASE("containers stand only where the protocol has them") {
  CHECK(fails_at(1, "evs", "ATTRIBUTE A 200 evs"));
  CHECK(fails_at(1, "vsa", "ATTRIBUTE A 200 vsa"));
  CHECK(fails_at(2, "extended", "ATTRIBUTE Ext 241 extended\nATTRIBUTE A 241.1 extended"));
  CHECK(fails_at(3, "long-extended", "VENDOR Acme 9\nBEGIN-VENDOR Acme\nATTRIBUTE A 1 long-extended\nEND-VENDOR Acme"));
}
