// SPDX-License-Identifier: Apache-2.0
#include "../offered.h"

#include "catch.h"

#include <vector>

using password::Kind;
using password::Method;
using password::Octets;
using password::Offered;

namespace {

const std::vector<uint8_t> some_octets{1, 2, 3};

Method method_of(std::initializer_list<Kind> kinds) {
  Offered offered;
  for (const Kind kind : kinds) offered.note(kind, some_octets, true);
  return offered.method();
}

constexpr Kind all_proofs[] = {Kind::UserPassword, Kind::ChapPassword,   Kind::ArapPassword,
                               Kind::EapMessage,   Kind::MsChapResponse, Kind::MsChap2Response};

}  // namespace

TEST_CASE("a request without a proof offers none, challenges or not") {
  CHECK(method_of({}) == Method::None);
  CHECK(method_of({Kind::ChapChallenge, Kind::MsChapChallenge}) == Method::None);
}

TEST_CASE("one proof is that method") {
  CHECK(method_of({Kind::UserPassword}) == Method::Pap);
  CHECK(method_of({Kind::ChapPassword, Kind::ChapChallenge}) == Method::Chap);
  CHECK(method_of({Kind::MsChapResponse, Kind::MsChapChallenge}) == Method::MsChap);
  CHECK(method_of({Kind::MsChapChallenge, Kind::MsChap2Response}) == Method::MsChap2);
}

TEST_CASE("EAP, in one attribute or several, and ARAP are for other handlers") {
  CHECK(method_of({Kind::EapMessage}) == Method::Elsewhere);
  CHECK(method_of({Kind::EapMessage, Kind::EapMessage, Kind::EapMessage}) == Method::Elsewhere);
  CHECK(method_of({Kind::ArapPassword}) == Method::Elsewhere);
}

TEST_CASE("any two proofs contradict each other, in either order", "[AUTH-11]") {
  for (const Kind first : all_proofs) {
    for (const Kind second : all_proofs) {
      const bool elsewhere = (first == Kind::EapMessage || first == Kind::ArapPassword) &&
                             (second == Kind::EapMessage || second == Kind::ArapPassword);
      if (!elsewhere) CHECK(method_of({first, second}) == Method::Contradiction);
    }
  }
  CHECK(method_of({Kind::UserPassword, Kind::ChapPassword, Kind::EapMessage}) == Method::Contradiction);
}

TEST_CASE("a proof that cannot be one is a contradiction", "[AUTH-10]") {
  for (const Kind kind : {Kind::UserPassword, Kind::ChapPassword, Kind::MsChapResponse, Kind::MsChap2Response}) {
    Offered offered;
    offered.note(kind, some_octets, false);
    CHECK(offered.method() == Method::Contradiction);
  }
}

TEST_CASE("proof and challenges are handed on as they are") {
  const std::vector<uint8_t> challenge{9};
  Offered offered;
  offered.note(Kind::ChapChallenge, challenge, true);
  offered.note(Kind::ChapPassword, some_octets, true);
  CHECK(offered.proof().data() == some_octets.data());
  CHECK(offered.proof().size() == 3);
  CHECK(offered.chap_challenge().data() == challenge.data());
  CHECK(offered.mschap_challenge().empty());
}
