// SPDX-License-Identifier: Apache-2.0
#include "server/handover_messages.h"

#include "catch.h"

using namespace radhost;

namespace {

const SocketAddress any = *SocketAddress::parse("0.0.0.0:1812");
const SocketAddress v6 = *SocketAddress::parse("[fe80::1]:1812");

/// Each of these is no message of any sort.
const std::vector<std::string> nonsense{"", "{", "[]", "{}", "null", "7", R"({"version": "x"})", "\xff\xfe"};

}  // namespace

TEST_CASE("a hello is read back as it was said, and nonsense is none") {
  auto hello = HandoverHello::parse(HandoverHello{3, "1.2.3"}.to_text());
  REQUIRE(hello);
  CHECK(hello->version == 3);
  CHECK(hello->program == "1.2.3");
  for (const std::string& text : nonsense) CHECK_FALSE(HandoverHello::parse(text));
}

TEST_CASE("an offer is read back as it was made, and nonsense is none") {
  SocketAddress scoped = v6;
  scoped.scope_id = 2;
  HandoverOffer offer{"1.2.3", 4711, 2, 0x80000001, {{0, "auth", any, any, 0}, {1, "acct", v6, scoped, 4096, Transport::Tls}}, "/run/x", "", {"/n", std::chrono::seconds(3)}};
  auto read = HandoverOffer::parse(offer.to_text());
  REQUIRE(read);
  CHECK((read->program == "1.2.3" && read->pid == 4711));
  CHECK((read->workers == 2 && read->epoch == 0x80000001));
  REQUIRE(read->addresses.size() == 2);
  CHECK(read->addresses[0].name == "auth");
  CHECK(read->addresses[0].bound == any);
  CHECK(read->addresses[0].endpoint() == Endpoint{any, false});
  CHECK(read->addresses[1].endpoint() == Endpoint{scoped, true});
  CHECK(read->addresses[1].configured == v6);
  CHECK(read->addresses[1].bound == scoped);
  CHECK(read->addresses[1].receive_buffer == 4096);
  CHECK(read->control == "/run/x");
  CHECK(read->metrics.empty());
  CHECK(read->service_manager.socket == "/n");
  CHECK(read->service_manager.watchdog == std::chrono::seconds(3));
  for (std::optional<std::chrono::microseconds> none : {std::optional<std::chrono::microseconds>(), {std::chrono::microseconds(0)}}) {
    offer.service_manager.watchdog = none;
    CHECK_FALSE(HandoverOffer::parse(offer.to_text())->service_manager.watchdog);
  }
  for (const std::string& text : nonsense) CHECK_FALSE(HandoverOffer::parse(text));
}

TEST_CASE("a number that does not fit makes a message nonsense") {
  const std::vector<std::string> numbers{"-1",   "1.5", "1e3", "99999999999999999999999999", "18446744073709551616",
                                         "true", "\"1\""};
  for (const std::string& number : numbers) {
    CHECK_FALSE(HandoverHello::parse(R"({"version": )" + number + R"(, "program": ""})"));
    CHECK_FALSE(HandoverSockets::parse(R"([{"hash": [1, )" + number + R"(, 3, 4], "dropped": 0}])"));
    CHECK_FALSE(HandoverSockets::parse(R"([{"hash": null, "dropped": )" + number + "}]"));
  }
  CHECK_FALSE(HandoverHello::parse(R"({"version": 2147483648, "program": ""})"));
  CHECK(HandoverHello::parse(R"({"version": 2147483647, "program": ""})"));
}

TEST_CASE("what is known of sockets, and wishes, are read back, and nonsense is none") {
  HandoverSockets sockets{{{KeyedHash::Key{1, 2, 3, UINT64_MAX}, 7}, {std::nullopt, 0}}};
  auto read = HandoverSockets::parse(sockets.to_text());
  REQUIRE(read);
  CHECK(read->by_worker == sockets.by_worker);
  CHECK_FALSE(HandoverSockets::parse(R"([{"hash": [1, 2], "dropped": 0}])"));
  CHECK_FALSE(HandoverSockets::parse(R"([{"hash": [1, 2, 3, 4, 5], "dropped": 0}])"));
  CHECK_FALSE(HandoverSockets::parse(R"([{"hash": null}])"));
  CHECK_FALSE(HandoverSockets::parse("[\"x\"]"));
  CHECK_FALSE(HandoverSockets::parse(""));

  auto wishes = HandoverWishes::parse(HandoverWishes{{{any, false}, {v6, true}}, true, false}.to_text());
  REQUIRE(wishes);
  CHECK(wishes->addresses == std::vector<Endpoint>{{any, false}, {v6, true}});
  CHECK((wishes->control && !wishes->metrics));
  for (const std::string& text : nonsense) CHECK_FALSE(HandoverWishes::parse(text));
}

TEST_CASE("records are read back by address, and no part of them is whole") {
  HandoverRecords told{3, {{any, {1, 2, 3}}, {v6, {4}}}};
  std::vector<uint8_t> octets = told.to_octets();
  auto read = HandoverRecords::parse(octets);
  REQUIRE(read);
  CHECK(read->worker == 3);
  CHECK(read->records == told.records);
  size_t whole = 0;
  for (size_t size = 0; size < octets.size(); ++size)
    if (auto part = HandoverRecords::parse(Octets(octets).first(size))) whole += 1 + part->records.size();
  CHECK(whole == 1 + 2);  // the worker alone; and the first address
  CHECK(HandoverRecords::parse(HandoverRecords{1, {{any, {}}}}.to_octets())->records.empty());
}
