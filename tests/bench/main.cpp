// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "bench.h"
#include "dictionary/parser.h"

using namespace radhost;

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;

  Dictionary dictionary;
  for (const DictionaryError& error : parse_dictionary(RADHOST_DICTIONARY, dictionary)) {
    std::fprintf(stderr, "%s\n", error.to_text().c_str());
    return 1;
  }
  dictionary.finish();
  SharedSecret secret(octets_of("a secret of 24 characters"));

  bench::Common common{dictionary, secret};
  bench::register_packets(common);
  bench::register_dictionary(common);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
