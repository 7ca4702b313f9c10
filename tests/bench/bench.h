// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include <string>

#include "dictionary/dictionary.h"
#include "packet/shared_secret.h"

namespace radhost::bench {

/// What all benchmarks share; it outlives them.
struct Common {
  Dictionary& dictionary;
  const SharedSecret& secret;
};

void register_packets(const Common& common);
void register_dictionary(const Common& common);

/// memcpy and one MD5 of so many octets, which other benchmarks are compared with.
void register_yardsticks(size_t octets);

/// Registers a benchmark that calls `run` again and again. `octets`: the size of the packet that it is compared with.
template <class Run>
void add(const std::string& name, size_t octets, Run run) {
  benchmark::RegisterBenchmark(name.c_str(), [octets, run](benchmark::State& state) mutable {
    for (auto unused : state) {
      static_cast<void>(unused);
      run();
    }
    state.counters["octets"] = static_cast<double>(octets);
  });
}

}  // namespace radhost::bench
