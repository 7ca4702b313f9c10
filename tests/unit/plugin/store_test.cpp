// SPDX-License-Identifier: Apache-2.0
#include "plugin/store.h"

#include <string>
#include <thread>

#include "catch.h"

using namespace radhost;

namespace {

constexpr uint64_t second = 1'000'000'000;

StoreConfig limits(uint32_t entries, uint32_t octets) {
  StoreConfig config;
  config.max_entries = entries;
  config.max_octets = octets;
  return config;
}

struct Fixture {
  Store store{limits(4, 100)};

  bool put(std::string_view key, std::string_view value, uint64_t until = second, uint64_t now = 0) {
    return store.put(octets_of(key), octets_of(value), now, until);
  }
  std::string get(std::string_view key, uint64_t now = 0) { return text(store.get(octets_of(key), now)); }
  std::string take(std::string_view key, uint64_t now = 0) { return text(store.take(octets_of(key), now)); }
  static std::string text(const Store::Found& found) { return found ? std::string(text_of(found.octets())) : "-"; }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "what was put is got, until it is taken") {
  CHECK(get("key") == "-");
  CHECK(put("key", "value"));
  CHECK(get("key") == "value");
  CHECK(get("other") == "-");
  CHECK(put("key", "another"));
  CHECK(take("key") == "another");
  CHECK(take("key") == "-");
  CHECK(get("key") == "-");
  CHECK(store.totals().entries == 0);
  CHECK(store.totals().octets == 0);
}

TEST_CASE_METHOD(Fixture, "a new one is put only where there is none") {
  Store::Found found;
  CHECK(store.put_new(octets_of("key"), octets_of("one"), 0, second, found));
  CHECK_FALSE(found);
  CHECK_FALSE(store.put_new(octets_of("key"), octets_of("two"), 0, second, found));
  CHECK(text(found) == "one");
  CHECK(get("key") == "one");
  found = {};
  CHECK(store.put_new(octets_of("key"), octets_of("three"), second, 2 * second, found));
  CHECK_FALSE(found);
}

TEST_CASE_METHOD(Fixture, "what is over is not there") {
  CHECK(put("key", "value", second));
  CHECK(get("key", second - 1) == "value");
  CHECK(get("key", second) == "-");
  CHECK(store.totals().expired == 1);
  CHECK(store.totals().entries == 0);
  CHECK(put("key", "value", second));
  CHECK(take("key", second) == "-");
  CHECK(put("key", "value", second));
  store.expire(second - 1);
  CHECK(store.totals().entries == 1);
  store.expire(second);
  CHECK(store.totals().entries == 0);
  CHECK(store.totals().expired == 3);
}

TEST_CASE_METHOD(Fixture, "a full store refuses, and keeps what it has") {
  for (const char* key : {"a", "b", "c", "d"}) CHECK(put(key, "x"));
  CHECK_FALSE(put("e", "x"));
  CHECK(put("a", "y"));  // in place of another
  CHECK(get("a") == "y");
  CHECK(get("d") == "x");
  CHECK(store.totals().full == 1);
  CHECK(store.totals().entries == 4);
  Store::Found found;
  CHECK_FALSE(store.put_new(octets_of("e"), octets_of("x"), 0, second, found));
  CHECK_FALSE(found);
  CHECK(store.totals().full == 2);
  CHECK(take("b") == "x");
  CHECK(put("e", "x"));
}

TEST_CASE_METHOD(Fixture, "a store that is full of octets refuses, too") {
  CHECK(put("a", std::string(99, 'x')));
  CHECK_FALSE(put("b", ""));
  CHECK_FALSE(put("a", std::string(100, 'x')));
  CHECK(get("a") == std::string(99, 'x'));
  CHECK(put("a", std::string(98, 'y')));
  CHECK(put("b", ""));
  CHECK(store.totals().octets == 100);
}

TEST_CASE_METHOD(Fixture, "what is over makes room") {
  for (const char* key : {"a", "b", "c", "d"}) CHECK(put(key, "x", second));
  CHECK_FALSE(put("e", "x", 2 * second, second - 1));
  CHECK(put("e", "x", 2 * second, second));
  CHECK(store.totals().entries == 1);
}

TEST_CASE_METHOD(Fixture, "what somebody holds stays as it is, and counts until they let go") {
  CHECK(put("key", "value"));
  {
    Store::Found held = store.take(octets_of("key"), 0);
    CHECK(store.totals().entries == 0);
    CHECK(store.totals().octets == 8);
    CHECK(put("key", "other"));
    CHECK(text(held) == "value");
  }
  CHECK(store.totals().octets == 8);
  CHECK(take("key") == "other");
  CHECK(store.totals().octets == 0);
}

TEST_CASE_METHOD(Fixture, "hits and misses are counted") {
  CHECK(put("key", "value"));
  get("key");
  get("other");
  take("other");
  take("key");
  CHECK(store.totals().hits == 2);
  CHECK(store.totals().misses == 2);
}

TEST_CASE("of many threads that put a new one, one succeeds, and of those that take it, too") {
  Store store(limits(1000, 100000));
  std::atomic<int> puts{0}, takes{0};
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        std::string key = "key " + std::to_string(i);
        Store::Found found;
        puts += store.put_new(octets_of(key), octets_of("value"), 0, second, found);
        store.get(octets_of(key), 0);
        store.expire(0);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(puts == 500);
  CHECK(store.totals().entries == 500);
  threads.clear();
  for (int number = 0; number < 4; ++number)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i)
        if (store.take(octets_of("key " + std::to_string(i)), 0)) ++takes;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(takes == 500);
  CHECK(store.totals().entries == 0);
  CHECK(store.totals().octets == 0);
}
