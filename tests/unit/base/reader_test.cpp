// SPDX-License-Identifier: Apache-2.0
#include "base/reader.h"

#include "catch.h"

using namespace radhost;

namespace {

const std::vector<uint8_t> sample{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09};

}  // namespace

TEST_CASE("numbers are big-endian") {
  CHECK(get_uint16be(sample) == 0x0102);
  CHECK(get_uint32be(sample) == 0x01020304);
  CHECK(get_uint_be(Octets(sample).first(3)) == 0x010203);
  CHECK(get_uint_be(Octets(sample).first(8)) == 0x0102030405060708);
  CHECK(get_uint_be({}) == 0);
  const std::vector<uint8_t> large{0xff, 0xfe, 0xfd, 0xfc};
  CHECK(get_uint32be(large) == 0xfffefdfc);
}

TEST_CASE("a reader takes from the front and is at its end when all is taken") {
  Reader reader(sample);
  CHECK(reader.take_uint8() == 0x01);
  CHECK(reader.take_uint16() == 0x0203);
  CHECK(reader.take_uint32() == 0x04050607);
  CHECK_FALSE(reader.at_end());
  CHECK(reader.rest().size() == 2);
  CHECK(to_hex(reader.take(2)) == "0809");
  CHECK(reader.at_end());
  CHECK(reader.ok());
}

TEST_CASE("a reader that is asked for too much has failed, gives zeros and stays failed") {
  Reader reader(Octets(sample).first(3));
  CHECK(reader.take_uint32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.at_end());
  CHECK(reader.take_uint8() == 0);
  CHECK(reader.take(1).empty());
  CHECK_FALSE(reader.ok());
}

TEST_CASE("taking nothing is no failure, even at the end") {
  Reader reader({});
  CHECK(reader.take(0).empty());
  CHECK(reader.take_uint(0) == 0);
  CHECK(reader.ok());
  CHECK(reader.at_end());
}
