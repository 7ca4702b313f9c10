// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <memory>

#include "dictionary/parser.h"
#include "support/small_dictionary.h"

/// What a fuzz target asserts, in every build.
#define FUZZ_ASSERT(condition) \
  do {                         \
    if (!(condition)) abort(); \
  } while (false)

namespace radhost::fuzz {

/// A dictionary that inputs share, because it takes longer to make than most of them take. Names of unknown attributes
/// stay in it: it is made anew now and then.
inline Dictionary& small_dictionary() {
  constexpr unsigned uses_max = 256;
  static std::unique_ptr<Dictionary> dictionary;
  static unsigned uses = 0;
  if (uses++ % uses_max == 0) {
    dictionary = std::make_unique<Dictionary>();
    FUZZ_ASSERT(parse_dictionary_text(test::small_dictionary_text, "small", *dictionary).empty());
    dictionary->finish();
  }
  return *dictionary;
}

}  // namespace radhost::fuzz
