// SPDX-License-Identifier: Apache-2.0
#include "exchange/duplicate_cache.h"

#include <map>

#include "catch.h"
#include "support/hex.h"
#include "support/random_cases.h"

using namespace radhost;
using namespace radhost::test;

namespace {

constexpr uint64_t second = 1'000'000'000;
using Found = DuplicateCache::Found;

struct Fixture {
  DuplicateCache cache{{8, 4096, 30 * second, 300 * second}};
  std::array<uint8_t, Packet::maximum_size> answer{};
  std::vector<uint8_t> octets;
  Datagram datagram;

  Fixture() {
    datagram.peer = *SocketAddress::parse("192.0.2.1:5000");
    datagram.local = *IpAddress::parse("192.0.2.254");
    datagram.local_port = 1812;
  }

  Packet request(uint8_t identifier, uint8_t authenticator = 0, Code code = Code::AccessRequest) {
    octets = {static_cast<uint8_t>(code), identifier, 0, 20};
    octets.resize(20, authenticator);
    return *Packet::decode(octets);
  }
  DuplicateCache::Lookup look(const Packet& packet, uint64_t now = 0) {
    return cache.find_or_claim(packet, DuplicateKey(datagram, packet), now, answer);
  }
  std::string look_text(const Packet& packet, uint64_t now = 0) {
    auto found = look(packet, now);
    if (found.found == Found::New) {
      cache.forget(found.claim);
      return "new";
    }
    if (found.found == Found::InProgress) return "in progress";
    if (found.found == Found::Elsewhere) return "elsewhere";
    return std::string(text_of(Octets(answer).first(found.answer_size)));
  }
  void answer_with(const Packet& packet, std::string_view text, uint64_t now = 0) {
    auto found = look(packet, now);
    REQUIRE(found.found == Found::New);
    REQUIRE(cache.remember(found.claim, octets_of(text), now));
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a copy waits while its original is in hand, and then gets the same octets") {
  auto first = look(request(1));
  CHECK(first.found == Found::New);
  CHECK(look_text(request(1)) == "in progress");
  CHECK(cache.remember(first.claim, octets_of("accepted"), 0));
  CHECK(look_text(request(1)) == "accepted");
  CHECK(look_text(request(1)) == "accepted");
}

TEST_CASE_METHOD(Fixture, "what differs in source, destination, Code or Identifier is another request") {
  answer_with(request(1), "first");
  CHECK(look_text(request(2)) == "new");
  CHECK(look_text(request(1, 0, Code::AccountingRequest)) == "new");
  Datagram original = datagram;
  datagram.peer.port = 5001;
  CHECK(look_text(request(1)) == "new");
  datagram = original;
  datagram.peer.address = *IpAddress::parse("192.0.2.2");
  CHECK(look_text(request(1)) == "new");
  datagram = original;
  datagram.local = *IpAddress::parse("192.0.2.253");
  CHECK(look_text(request(1)) == "new");
  datagram = original;
  CHECK(look_text(request(1)) == "first");
}

TEST_CASE_METHOD(Fixture, "another authenticator under the same Identifier replaces, and the late answer is void") {
  auto first = look(request(1, 0xaa));
  auto second_one = look(request(1, 0xbb));
  CHECK(second_one.found == Found::New);
  CHECK_FALSE(cache.remember(first.claim, octets_of("late"), 0));
  CHECK(cache.remember(second_one.claim, octets_of("right"), 0));
  CHECK(look_text(request(1, 0xbb)) == "right");
  CHECK(look_text(request(1, 0xaa)) == "new");
}

TEST_CASE_METHOD(Fixture,
                 "where the authenticator is a digest, requests with the same Identifier stand beside each other") {
  for (Code code : {Code::CoaRequest, Code::DisconnectRequest, Code::AccountingRequest}) {
    answer_with(request(1, 0xaa, code), "one");
    answer_with(request(1, 0xbb, code), "two");
    CHECK(look_text(request(1, 0xaa, code)) == "one");
    CHECK(look_text(request(1, 0xbb, code)) == "two");
  }
}

TEST_CASE_METHOD(Fixture, "answers are forgotten when their time is over, those to CoA later") {
  answer_with(request(1), "access");
  answer_with(request(1, 0, Code::CoaRequest), "coa");
  CHECK(look_text(request(1), 30 * second - 1) == "access");
  CHECK(look_text(request(1), 30 * second) == "new");
  CHECK(look_text(request(1, 0, Code::CoaRequest), 300 * second - 1) == "coa");
  CHECK(look_text(request(1, 0, Code::CoaRequest), 300 * second) == "new");
}

TEST_CASE_METHOD(Fixture, "an answer that is held back counts as in progress until it is due") {
  auto found = look(request(1));
  CHECK(cache.remember(found.claim, octets_of("rejected"), 0, second));
  CHECK(look_text(request(1), second - 1) == "in progress");
  CHECK(look_text(request(1), second) == "rejected");
}

TEST_CASE_METHOD(Fixture, "no answer is remembered too, and what is forgotten is new again") {
  auto dropped = look(request(1));
  CHECK(cache.remember(dropped.claim, {}, 0));
  CHECK(look_text(request(1)) == "in progress");
  auto failed = look(request(2));
  cache.forget(failed.claim);
  CHECK(look_text(request(2)) == "new");
  CHECK_FALSE(cache.remember(failed.claim, octets_of("late"), 0));
}

TEST_CASE_METHOD(Fixture, "when all entries are used, the answer that was asked for least recently goes") {
  for (uint8_t i = 0; i < 8; ++i) answer_with(request(i), "answer");
  CHECK(look_text(request(0)) == "answer");  // 1 is the oldest now
  answer_with(request(100), "new one");
  CHECK(cache.size() == 8);
  CHECK(look_text(request(0)) == "answer");
  CHECK(look_text(request(2)) == "answer");
  CHECK(look_text(request(100)) == "new one");
  CHECK(look(request(1)).found == Found::New);
}

TEST_CASE_METHOD(Fixture, "a request in hand never goes; one more is served all the same, and not remembered") {
  std::vector<DuplicateCache::Claim> claims;
  for (uint8_t i = 0; i < 8; ++i) claims.push_back(look(request(i)).claim);
  auto ninth = look(request(100));
  CHECK(ninth.found == Found::New);
  CHECK(ninth.claim.entry == 0);
  CHECK(cache.remember(ninth.claim, octets_of("answer"), 0));
  CHECK(look(request(100)).claim.entry == 0);
  for (uint8_t i = 0; i < 8; ++i) CHECK(look_text(request(i)) == "in progress");
  CHECK(cache.remember(claims[3], octets_of("done"), 0));
  CHECK(look_text(request(3)) == "done");
}

TEST_CASE_METHOD(Fixture, "when the octets are used up, the oldest answers make room") {
  std::string long_answer(1000, 'x');
  for (uint8_t i = 0; i < 6; ++i) answer_with(request(i), long_answer);
  CHECK(cache.answer_octets() <= 4096);
  CHECK(look_text(request(0)) == "new");
  CHECK(look_text(request(5)) == long_answer);
}

TEST_CASE_METHOD(Fixture, "with more room all that was known stays, in hand or answered, and more is kept") {
  auto in_hand = look(request(200));
  for (uint8_t i = 0; i < 7; ++i) answer_with(request(i), "answer " + std::to_string(i));
  cache.limit({100, 1 << 20, 30 * second, 300 * second});
  for (uint8_t i = 7; i < 99; ++i) answer_with(request(i), "answer " + std::to_string(i));
  CHECK(cache.size() == 100);
  for (uint8_t i = 0; i < 99; ++i) CHECK(look_text(request(i)) == "answer " + std::to_string(i));
  CHECK(look_text(request(200)) == "in progress");
  REQUIRE(cache.remember(in_hand.claim, octets_of("late"), 0));
  CHECK(look_text(request(200)) == "late");
  answer_with(request(201), "one more");
  CHECK(cache.size() == 100);
}

TEST_CASE_METHOD(Fixture, "with less room what was known goes as others come, and what is in hand stays") {
  cache.limit({100, 1 << 20, 30 * second, 300 * second});
  auto in_hand = look(request(200));
  for (uint8_t i = 0; i < 50; ++i) answer_with(request(i), "answer");
  cache.limit({8, 1 << 20, 30 * second, 300 * second});
  CHECK(cache.size() == 51);
  // Two go for each that comes.
  for (uint8_t i = 100; i < 142; ++i) answer_with(request(i), "other");
  CHECK(cache.size() <= 9);
  answer_with(request(142), "other");
  CHECK(cache.size() == 8);
  CHECK(look_text(request(49)) == "new");
  CHECK(look_text(request(142)) == "other");
  CHECK(look_text(request(200)) == "in progress");
  CHECK(cache.remember(in_hand.claim, octets_of("late"), 0));
}

TEST_CASE_METHOD(Fixture, "with fewer octets answers go until the rest fits") {
  cache.limit({100, 100 * 64, 30 * second, 300 * second});
  for (uint8_t i = 0; i < 50; ++i) answer_with(request(i), std::string(100, 'x'));  // two blocks each
  CHECK(cache.answer_octets() == 100 * 64);
  cache.limit({100, 10 * 64, 30 * second, 300 * second});
  for (uint8_t i = 100; i < 150; ++i) answer_with(request(i), std::string(100, 'y'));
  CHECK(cache.answer_octets() <= 10 * 64);
  CHECK(look_text(request(149)) == std::string(100, 'y'));
}

TEST_CASE("whatever comes, the cache says what a map of answers says") {
  for_random_cases(50, [](Random& random) {
    Fixture fixture;
    DuplicateCache large{{1000, 1 << 20, 30 * second, 300 * second}};
    std::map<std::pair<uint8_t, uint8_t>, std::string> answers;  // by Identifier and authenticator
    std::map<uint8_t, uint8_t> current;
    for (int step = 0; step < 300; ++step) {
      auto identifier = static_cast<uint8_t>(random.below(20));
      auto authenticator = static_cast<uint8_t>(random.below(2));
      Packet packet = fixture.request(identifier, authenticator);
      auto found = large.find_or_claim(packet, DuplicateKey(fixture.datagram, packet), 0, fixture.answer);
      bool is_known = current.contains(identifier) && current[identifier] == authenticator;
      REQUIRE(found.found == (is_known ? Found::Answered : Found::New));
      if (is_known) {
        CHECK(text_of(Octets(fixture.answer).first(found.answer_size)) == answers[{identifier, authenticator}]);
        continue;
      }
      std::string text(1 + random.below(400), static_cast<char>('a' + random.below(26)));
      REQUIRE(large.remember(found.claim, octets_of(text), 0));
      answers[{identifier, authenticator}] = text;
      current[identifier] = authenticator;
    }
    CHECK(large.size() == current.size());
  });
}

namespace {

/// What another cache is told of this one, in order.
std::vector<std::string> told(DuplicateCache& cache, DuplicateCache* other = nullptr) {
  std::vector<std::string> answers;
  for (DuplicateRecord record; cache.next_answered(record);) {
    answers.emplace_back(text_of(record.answer));
    if (other != nullptr) other->learn(record);
  }
  return answers;
}

/// A second cache that takes over from the first.
struct Successor : Fixture {
  DuplicateCache second_cache{{8, 4096, 30 * second, 300 * second}, cache.hash()};

  std::string look_there(const Packet& packet, uint64_t now = 0) {
    auto found = second_cache.find_or_claim(packet, DuplicateKey(datagram, packet), now, answer);
    if (found.found == Found::New) return "new";
    if (found.found != Found::Answered) return found.found == Found::Elsewhere ? "elsewhere" : "in progress";
    return std::string(text_of(Octets(answer).first(found.answer_size)));
  }
};

}  // namespace

TEST_CASE_METHOD(Successor, "what was answered is told from the least recently used on, and what comes later is too") {
  answer_with(request(1), "one");
  answer_with(request(2), "two");
  answer_with(request(3), "three");
  CHECK(look_text(request(1)) == "one");
  cache.begin_telling();
  DuplicateRecord record;
  REQUIRE(cache.next_answered(record));
  CHECK(text_of(record.answer) == "two");
  answer_with(request(4), "four");
  CHECK(look_text(request(2)) == "two");  // it is the newest again
  CHECK(told(cache) == std::vector<std::string>{"three", "one", "four", "two"});
  CHECK(told(cache).empty());
  answer_with(request(5), "five");
  CHECK(told(cache) == std::vector<std::string>{"five"});
}

TEST_CASE_METHOD(Successor, "what is forgotten before it was told is passed over") {
  for (uint8_t identifier = 1; identifier <= 3; ++identifier) answer_with(request(identifier), "old");
  cache.begin_telling();
  // Their time is over, and each new one clears two away.
  answer_with(request(9), "new", 31 * second);
  CHECK(told(cache) == std::vector<std::string>{"old", "new"});
}

TEST_CASE_METHOD(Successor, "a successor gives the same answers, for as long as they are good") {
  answer_with(request(1), "one");
  answer_with(request(2), "");
  cache.begin_telling();
  told(cache, &second_cache);
  CHECK(look_there(request(1)) == "one");
  CHECK(look_there(request(2)) == "in progress");  // not to be answered
  CHECK(look_there(request(1, 7)) == "new");       // another request
  CHECK(look_there(request(3)) == "new");
  CHECK(look_there(request(2), 31 * second) == "new");
}

TEST_CASE_METHOD(Successor, "a request in hand is elsewhere until its answer is learnt") {
  auto first = look(request(1));
  auto second_one = look(request(2));
  DuplicateRecord record;
  for (const auto& claim : {first.claim, second_one.claim}) {
    REQUIRE(cache.tell(claim, record));
    second_cache.learn(record);
  }
  CHECK_FALSE(cache.tell({}, record));
  CHECK(look_there(request(1)) == "elsewhere");
  CHECK(look_there(request(2)) == "elsewhere");

  cache.begin_telling();
  REQUIRE(cache.remember(first.claim, octets_of("one"), 0));
  CHECK_FALSE(cache.tell(first.claim, record));
  REQUIRE(cache.next_answered(record));
  second_cache.learn_elsewhere(record);
  second_cache.forget_elsewhere();
  CHECK(look_there(request(1)) == "one");
  CHECK(look_there(request(2)) == "new");  // it came to nothing
}

TEST_CASE_METHOD(Successor, "what is told late changes nothing that is known better") {
  auto first = look(request(1));
  DuplicateRecord record;
  REQUIRE(cache.tell(first.claim, record));
  second_cache.learn(record);
  CHECK(look_there(request(1, 7)) == "new");  // its Identifier is used for another request, which is in hand
  cache.begin_telling();
  REQUIRE(cache.remember(first.claim, octets_of("one"), 0));
  REQUIRE(cache.next_answered(record));
  second_cache.learn_elsewhere(record);
  second_cache.forget_elsewhere();
  CHECK(look_there(request(1, 7)) == "in progress");
}

TEST_CASE_METHOD(Successor, "an Identifier that was used again is told as what it is now") {
  answer_with(request(1), "one");
  cache.begin_telling();
  told(cache, &second_cache);
  auto other = look(request(1, 7));
  DuplicateRecord record;
  REQUIRE(cache.tell(other.claim, record));
  second_cache.learn(record);
  CHECK(look_there(request(1, 7)) == "elsewhere");
}

TEST_CASE_METHOD(Fixture, "what is claimed here can be left elsewhere") {
  auto first = look(request(1));
  cache.leave_elsewhere(first.claim);
  cache.leave_elsewhere({});
  CHECK(look_text(request(1)) == "elsewhere");
  cache.forget_elsewhere();
  CHECK(look_text(request(1)) == "new");
}

TEST_CASE("a record is read back as it was written, and no part of one is a record") {
  DuplicateRecord record;
  for (size_t i = 0; i < record.key.size(); ++i) record.key[i] = static_cast<uint8_t>(i);
  record.fingerprint = 0x0123456789abcdef;
  record.from_ns = 5;
  record.until_ns = 6 * second;
  record.answer = {1, 2, 3};
  std::vector<uint8_t> octets;
  write_record(record, octets);
  size_t size = octets.size();
  record.in_progress = true;
  record.answer.clear();
  write_record(record, octets);

  Octets rest = octets;
  DuplicateRecord read;
  REQUIRE(take_record(rest, read));
  CHECK(read.key == record.key);
  CHECK(read.fingerprint == record.fingerprint);
  CHECK_FALSE(read.in_progress);
  CHECK((read.from_ns == 5 && read.until_ns == 6 * second));
  CHECK(read.answer == std::vector<uint8_t>{1, 2, 3});
  REQUIRE(take_record(rest, read));
  CHECK(read.in_progress);
  CHECK(read.answer.empty());
  CHECK(rest.empty());
  for (size_t cut = 0; cut < size; ++cut) {
    rest = Octets(octets).first(cut);
    CHECK_FALSE(take_record(rest, read));
  }
  // An answer is a packet, and no longer than one.
  octets[size - 5] = 0xff;
  octets.resize(octets.size() + 0xffff);
  rest = octets;
  CHECK_FALSE(take_record(rest, read));
}
