// SPDX-License-Identifier: Apache-2.0
#include "base/background.h"

#include <sys/resource.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "catch.h"

using namespace radhost;

namespace {

int own_priority() { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }

}  // namespace

TEST_CASE("a job in the background is done when the call returns, and gives way to all others once they serve") {
  int before = own_priority(), inside = -1;
  std::thread::id where;
  auto job = [&] {
    where = std::this_thread::get_id();
    inside = own_priority();
  };
  do_in_background(job);
  CHECK(where == std::this_thread::get_id());
  CHECK(inside == before);
  give_way_from_now_on();
  do_in_background(job);
  CHECK(where != std::this_thread::get_id());
  CHECK(inside == 19);
  CHECK(own_priority() == before);
}

TEST_CASE("what a job in the background throws is thrown to who asked") {
  CHECK_THROWS_AS(do_in_background([] { throw std::runtime_error("no"); }), std::runtime_error);
}
