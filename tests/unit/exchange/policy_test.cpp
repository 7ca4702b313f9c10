// SPDX-License-Identifier: Apache-2.0
// What is decided about a request before handlers see it.
#include <thread>
#include <vector>

#include "catch.h"
#include "exchange/event_timestamp.h"
#include "exchange/rate_limit.h"
#include "exchange/source_table.h"
#include "support/hex.h"

using namespace radhost;
using namespace radhost::test;

namespace {

Packet with_timestamp(std::vector<uint8_t>& octets, const char* attributes) {
  auto value = unhex(attributes);
  octets = {43, 1, 0, static_cast<uint8_t>(20 + value.size())};
  octets.resize(20);
  octets.insert(octets.end(), value.begin(), value.end());
  return *Packet::decode(octets);
}

}  // namespace

TEST_CASE("an Event-Timestamp may be off by the window, either way, and no more") {
  std::vector<uint8_t> octets;
  Packet packet = with_timestamp(octets, "370600001000");  // 4096
  CHECK(is_current(packet, 300, false, 4096));
  CHECK(is_current(packet, 300, false, 4096 + 300));
  CHECK(is_current(packet, 300, false, 4096 - 300));
  CHECK_FALSE(is_current(packet, 300, false, 4096 + 301));
  CHECK_FALSE(is_current(packet, 300, false, 4096 - 301));
}

TEST_CASE("a request without Event-Timestamp is current unless one is required") {
  std::vector<uint8_t> octets;
  Packet packet = with_timestamp(octets, "");
  CHECK(is_current(packet, 300, false, 4096));
  CHECK_FALSE(is_current(packet, 300, true, 4096));
}

TEST_CASE("an Event-Timestamp of another size is never current") {
  std::vector<uint8_t> octets;
  CHECK_FALSE(is_current(with_timestamp(octets, "37050010ff"), 300, false, 4096));
}

TEST_CASE("a rate limit lets so many pass at once, and then so many a second") {
  RateLimit limit(10, 3);
  uint64_t now = 1'000'000'000;
  CHECK(limit.passes(now));
  CHECK(limit.passes(now));
  CHECK(limit.passes(now));
  CHECK_FALSE(limit.passes(now));
  CHECK_FALSE(limit.passes(now + 99'999'999));
  CHECK(limit.passes(now + 100'000'000));
  CHECK_FALSE(limit.passes(now + 100'000'000));
  uint64_t later = now + 10'000'000'000;
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += limit.passes(later) ? 1 : 0;
  CHECK(passed == 3);
}

TEST_CASE("a source is known by its client and address") {
  SourceTable table(4);
  IpAddress address = *IpAddress::parse("192.0.2.1");
  CHECK_FALSE(table.contains(0, address));
  CHECK(table.add(0, address));
  CHECK_FALSE(table.add(0, address));
  CHECK(table.contains(0, address));
  CHECK_FALSE(table.contains(1, address));
  CHECK_FALSE(table.contains(0, *IpAddress::parse("192.0.2.2")));
  CHECK_FALSE(table.contains(0, *IpAddress::parse("c000:0201::")));
}

TEST_CASE("a source table that is full takes no more, and still answers") {
  SourceTable table(4);
  auto address = [](int last) { return *IpAddress::parse("192.0.2." + std::to_string(last)); };
  for (int i = 0; i < 4; ++i) CHECK(table.add(0, address(i)));
  CHECK_FALSE(table.add(0, address(4)));
  CHECK_FALSE(table.contains(0, address(4)));
  CHECK(table.contains(0, address(3)));
  size_t seen = 0;
  table.each([&](size_t, const IpAddress&) { ++seen; });
  CHECK(seen == 4);
}

TEST_CASE("threads that add and look up at once lose nothing") {
  SourceTable table(4000);
  std::vector<std::thread> threads;
  for (int part = 0; part < 4; ++part)
    threads.emplace_back([&table, part] {
      for (int i = 0; i < 1000; ++i) {
        IpAddress address;
        address.octets[0] = static_cast<uint8_t>(part);
        address.octets[1] = static_cast<uint8_t>(i >> 8);
        address.octets[2] = static_cast<uint8_t>(i);
        table.add(0, address);
        if (!table.contains(0, address)) std::abort();
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(table.size() == 4000);
}
