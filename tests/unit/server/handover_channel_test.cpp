// SPDX-License-Identifier: Apache-2.0
#include "server/handover_channel.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <thread>

#include "catch.h"

using namespace radhost;
using Sort = HandoverChannel::Sort;

namespace {

constexpr HandoverChannel::Patience patience{5000};
constexpr HandoverChannel::Patience none{0};

struct Fixture {
  std::unique_ptr<HandoverChannel> first, second;
  int raw = -1;  // the second's

  Fixture() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    first = std::make_unique<HandoverChannel>(Descriptor(ends[0]));
    second = std::make_unique<HandoverChannel>(Descriptor(ends[1]));
    raw = ends[1];
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "messages arrive in order, with their descriptors, however large they are") {
  std::vector<uint8_t> large(3'000'000, 0x5a);
  Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  std::thread sender([&] {
    int both[] = {null.number(), null.number()};
    CHECK(first->send(Sort::Offer, std::string_view("hello")));
    CHECK(first->send(Sort::Records, large));
    CHECK(first->send(Sort::Sockets, std::string_view("with two"), both));
    CHECK(first->send(Sort::Yours));
  });
  auto message = second->receive(patience);
  REQUIRE(message.ok());
  CHECK((message->sort == Sort::Offer && message->text() == "hello" && message->descriptors.empty()));
  message = second->receive(patience);
  REQUIRE(message.ok());
  CHECK(message->octets == large);
  message = second->receive(patience);
  REQUIRE(message.ok());
  CHECK(message->text() == "with two");
  REQUIRE(message->descriptors.size() == 2);
  CHECK(fcntl(message->descriptors[0].number(), F_GETFD) == FD_CLOEXEC);
  CHECK(message->descriptors[0].number() != null.number());
  message = second->receive(patience);
  REQUIRE(message.ok());
  CHECK((message->sort == Sort::Yours && message->octets.empty()));
  sender.join();
}

TEST_CASE_METHOD(Fixture, "what is not expected is an error, and a refusal is its reason") {
  REQUIRE(first->send(Sort::Left));
  CHECK(second->expect(Sort::Done, patience).error() == "the other server speaks out of turn");
  REQUIRE(first->send(Sort::Refused, std::string_view("no room")));
  CHECK(second->expect(Sort::Done, patience).error() == "no room");
  REQUIRE(first->send(Sort::Done));
  CHECK(second->expect(Sort::Done, patience).ok());
}

TEST_CASE_METHOD(Fixture, "silence, another language and an end in the middle are told from each other") {
  CHECK(first->receive(none).error() == "the other server says nothing");
  std::array<uint8_t, 5> wrong{99, 0, 0, 0, 0}, too_large{1, 255, 255, 255, 255}, part{1, 0, 0, 0, 9};
  REQUIRE(send(raw, wrong.data(), wrong.size(), 0) == 5);
  CHECK(first->receive(patience).error() == "the other server speaks another language");
  REQUIRE(send(raw, too_large.data(), too_large.size(), 0) == 5);
  CHECK(first->receive(patience).error() == "the other server speaks another language");
  REQUIRE(send(raw, part.data(), part.size(), 0) == 5);
  second.reset();
  CHECK(first->receive(patience).error() == "the other server breaks off");
  CHECK_FALSE(first->send(Sort::Done));
}

TEST_CASE_METHOD(Fixture, "who listens no more has heard what was said before, and who says more knows that it is in vain") {
  REQUIRE(second->send(Sort::Serving));
  first->listen_no_more();
  CHECK_FALSE(second->send(Sort::Serving));
  CHECK(first->expect(Sort::Serving, none).ok());
  CHECK_FALSE(first->expect(Sort::Serving, none).ok());
}

TEST_CASE_METHOD(Fixture, "an end wakes who waits") {
  std::thread waiting([&] { CHECK_FALSE(first->receive(std::chrono::minutes(5)).ok()); });
  first->end();
  waiting.join();
}

TEST_CASE_METHOD(Fixture, "who is at the other end is known") {
  CHECK(first->peer().pid == getpid());
  CHECK(first->peer().may_have_all);
  CHECK_FALSE(HandoverChannel(Descriptor()).peer().may_have_all);
}
