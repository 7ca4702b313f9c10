// SPDX-License-Identifier: Apache-2.0
#include "packet/code.h"

#include <set>
#include <string>

#include "catch.h"
#include "packet/discard.h"

using namespace radhost;

TEST_CASE("every code is found by its name and by its number") {
  int known = 0;
  for (unsigned number = 0; number < 256; ++number) {
    auto code = static_cast<Code>(number);
    INFO(number);
    if (code_name(code).empty()) {
      CHECK_FALSE(code_by_name(std::to_string(number)).has_value());
      continue;
    }
    ++known;
    CHECK(code_by_name(code_name(code)) == code);
    CHECK(code_by_name(std::to_string(number)) == code);
  }
  CHECK(known == 14);
}

TEST_CASE("other words and numbers are no codes") {
  for (const char* bad : {"", "Access", "access-request", "01", "256", "-1", "1 "}) {
    INFO(bad);
    CHECK_FALSE(code_by_name(bad).has_value());
  }
}

TEST_CASE("four codes are requests that handlers answer, the others are not") {
  CHECK(request_kind(Code::AccessRequest) == RequestKind::Access);
  CHECK(request_kind(Code::AccountingRequest) == RequestKind::Accounting);
  CHECK(request_kind(Code::CoaRequest) == RequestKind::Coa);
  CHECK(request_kind(Code::DisconnectRequest) == RequestKind::Disconnect);
  int requests = 0;
  for (unsigned number = 0; number < 256; ++number) requests += request_kind(static_cast<Code>(number)).has_value();
  CHECK(requests == 4);
}

TEST_CASE("kinds and their words go both ways") {
  for (const char* word : {"access", "accounting", "coa", "disconnect"}) {
    INFO(word);
    auto kind = kind_by_word(word);
    REQUIRE(kind.has_value());
    CHECK(kind_word(*kind) == word);
  }
  CHECK_FALSE(kind_by_word("Access").has_value());
  CHECK_FALSE(kind_by_word("").has_value());
}

TEST_CASE("every discard has a word of its own") {
  std::set<std::string_view> words;
  for (size_t i = 0; i < discard_count; ++i) {
    std::string_view word = to_word(static_cast<Discard>(i));
    CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    words.insert(word);
  }
  CHECK(words.size() == discard_count);
  CHECK(words.count("") == 0);
  CHECK(to_word(Discard::ShortPacket) == "short_packet");
  CHECK(to_word(Discard::SendFailed) == "send_failed");
}
