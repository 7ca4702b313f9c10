// SPDX-License-Identifier: Apache-2.0
#include "base/writer.h"

#include "catch.h"

using namespace radhost;

TEST_CASE("a writer puts numbers big-endian, one after the other") {
  std::array<uint8_t, 12> buffer{};
  Writer writer(buffer);
  writer.put_uint8(0x01);
  writer.put_uint16(0x0203);
  writer.put_uint32(0x04050607);
  writer.put_uint(3, 0xff08090a);
  CHECK(writer.size() == 10);
  CHECK(writer.room() == 2);
  writer.put(octets_of("yz"));
  CHECK(writer.room() == 0);
  CHECK(writer.ok());
  CHECK(to_hex(writer.written()) == "0102030405060708090a797a");
}

TEST_CASE("a writer that is asked for too much writes nothing of it, and nothing after it") {
  std::array<uint8_t, 4> buffer{};
  Writer writer(buffer);
  writer.put_uint8(0x11);
  writer.put_uint32(0xffffffff);
  CHECK_FALSE(writer.ok());
  writer.put_uint8(0x22);
  CHECK(writer.reserve(1).empty());
  writer.put({});
  CHECK_FALSE(writer.ok());
  CHECK(to_hex(writer.written()) == "11");
  CHECK(buffer == std::array<uint8_t, 4>{0x11, 0, 0, 0});
}

TEST_CASE("reserved octets are filled in later") {
  std::array<uint8_t, 4> buffer{};
  Writer writer(buffer);
  MutableOctets place = writer.reserve(2);
  writer.put_uint16(0xabcd);
  put_uint16be(place, 0x1234);
  CHECK(to_hex(writer.written()) == "1234abcd");
}

TEST_CASE("nothing fits a full writer, and putting nothing is no failure") {
  Writer writer({});
  writer.put({});
  CHECK(writer.ok());
  writer.put_uint8(1);
  CHECK_FALSE(writer.ok());
}

TEST_CASE("the low octets of a number are written") {
  std::array<uint8_t, 3> three{};
  put_uint_be(three, 0x11223344);
  CHECK(to_hex(three) == "223344");
  std::array<uint8_t, 8> eight{};
  put_uint_be(eight, 0x0102030405060708);
  CHECK(to_hex(eight) == "0102030405060708");
}
