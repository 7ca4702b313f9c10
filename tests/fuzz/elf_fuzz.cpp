// SPDX-License-Identifier: Apache-2.0
/// Any octets are judged as a module, within their bounds, and twice alike.
#include "plugin/elf_judgement.h"
#include "plugin/elf_note.h"
#include "small_dictionary.h"

using namespace radhost;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Octets file(data, size);
  auto note = read_module_note(file);
  FUZZ_ASSERT(note.ok() || !note.error().empty());
  auto findings = judge_elf(file);
  for (const ElfFinding& finding : findings) FUZZ_ASSERT(!finding.text.empty());
  FUZZ_ASSERT(findings == judge_elf(file));
  FUZZ_ASSERT(exported_symbols(file) == exported_symbols(file));
  return 0;
}
