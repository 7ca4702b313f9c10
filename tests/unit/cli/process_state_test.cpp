// SPDX-License-Identifier: Apache-2.0
#include "cli/process_state.h"

#include <fcntl.h>
#include <unistd.h>

#include "catch.h"

using namespace radhost;

namespace {

/// States of a process with a thread, two descriptors, three mappings and 1000 octets; nothing changes in 80 rounds.
ProcessStates still() {
  ProcessState state;
  state.threads = 1;
  state.descriptors = {{"/dev/null", 2}};
  state.mappings = {{"", 2}, {"/lib/libc.so", 1}};
  return {state, state, state, {1000, 1000, 1000}, 80};
}

using Leaks = std::vector<std::string>;

}  // namespace

TEST_CASE("what is as it was is no leak") { CHECK(name_leaks(still()).empty()); }

TEST_CASE("what comes in each round is told by the round") {
  ProcessStates states = still();
  states.warm.threads = 21;
  states.after.threads = 101;
  CHECK(name_leaks(states) == Leaks{"threads: 1 more each round"});

  states = still();
  states.warm.descriptors["a pipe"] = 40;
  states.after.descriptors["a pipe"] = 200;
  CHECK(name_leaks(states) == Leaks{"descriptors: 2 more each round, such as a pipe"});

  states = still();
  states.after.mappings[""] = 82;
  CHECK(name_leaks(states) == Leaks{"mappings: 1 more each round, such as memory of no file"});

  states = still();
  states.memory.half_way = 1000 + 40 * 100;
  states.memory.after = 1000 + 80 * 100;
  CHECK(name_leaks(states) == Leaks{"memory: 100 octets more each round"});
}

TEST_CASE("what comes once is told as left behind, or belongs to the warming up") {
  ProcessStates states = still();
  states.warm.threads = states.after.threads = 3;
  CHECK(name_leaks(states) == Leaks{"threads: 2 left behind"});

  states = still();
  states.warm.descriptors["/tmp/x"] = states.after.descriptors["/tmp/x"] = 1;
  CHECK(name_leaks(states) == Leaks{"descriptors: 1 left behind, such as /tmp/x"});

  states = still();
  states.memory.half_way = states.memory.after = 1000000;  // a cache that filled
  states.after.mappings["/lib/libnss.so"] = 5;
  CHECK(name_leaks(states).empty());
}

TEST_CASE("a thread's own memory is not told beside it") {
  ProcessStates states = still();
  states.after.threads = 81;
  states.after.mappings[""] = 162;
  states.memory.half_way = 5000;
  states.memory.after = 9000;
  CHECK(name_leaks(states) == Leaks{"threads: 1 more each round"});
}

TEST_CASE("a signal's handler that is another one is named") {
  ProcessStates states = still();
  states.after.handlers[SIGUSR2] = &states;
  CHECK(name_leaks(states) == Leaks{"signal handlers: the one of SIGUSR2 is left changed"});
}

TEST_CASE("the state of a process is what it has") {
  ProcessState before = ProcessState::now();
  CHECK(before.threads >= 1);
  int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  ProcessState with = ProcessState::now();
  close(fd);
  CHECK(with.descriptors != before.descriptors);
  CHECK(with.descriptors["/dev/zero"] > 0);
  CHECK(ProcessState::now().descriptors == before.descriptors);
}
