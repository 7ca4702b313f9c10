// SPDX-License-Identifier: Apache-2.0
#include "plugin/elf_judgement.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "catch.h"
#include "harness.h"

using namespace radhost;

namespace {

std::string octets_of_module(const std::string& module) {
  std::ifstream from(Harness::file(module), std::ios::binary);
  return {std::istreambuf_iterator<char>(from), {}};
}

/// The findings that weigh at least so much.
std::vector<std::string> judged(const std::string& module, ElfFinding::Weight least) {
  std::vector<std::string> texts;
  for (const ElfFinding& finding : judge_elf(octets_of(octets_of_module(module))))
    if (finding.weight >= least) texts.push_back(finding.text);
  return texts;
}

bool has_begin(const std::vector<std::string>& texts, std::string_view begin) {
  for (const std::string& text : texts)
    if (text.substr(0, begin.size()) == begin) return true;
  return false;
}

/// A file whose dynamic section says something else under this tag.
std::string with_entry(std::string file, int64_t tag, uint64_t value) {
  auto read = [&](auto& into, size_t at) { std::memcpy(&into, file.data() + at, sizeof into); };
  Elf64_Ehdr header;
  read(header, 0);
  for (size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    read(segment, header.e_phoff + i * header.e_phentsize);
    for (size_t at = 0; segment.p_type == PT_DYNAMIC && at < segment.p_filesz; at += sizeof(Elf64_Dyn)) {
      Elf64_Dyn entry;
      read(entry, segment.p_offset + at);
      if (entry.d_tag != tag) continue;
      entry.d_un.d_val = value;
      std::memcpy(file.data() + segment.p_offset + at, &entry, sizeof entry);
    }
  }
  return file;
}

using Weight = ElfFinding::Weight;

}  // namespace

TEST_CASE("a module that is built as it should be is neither refused nor resident") {
  CHECK(judged("scripted", Weight::Resident).empty());
  CHECK(judged("probe", Weight::Resident).empty());
}

TEST_CASE("a file's faults are found without running its code") {
  CHECK(has_begin(judged("executable_stack", Weight::Refused), "it wants an executable stack"));
  CHECK(has_begin(judged("own_place", Weight::Refused), "its run path \"$ORIGIN/libraries\""));
  CHECK(judged("no_delete", Weight::Refused).empty());
  CHECK(has_begin(judged("no_delete", Weight::Resident), "it asks never to be unloaded"));
  CHECK(judged("unique_symbol", Weight::Refused).empty());
  CHECK(has_begin(judged("unique_symbol", Weight::Resident), "it has symbols that are unique in a process"));
  CHECK(judged("text_relocation", Weight::Resident).empty());
  CHECK(has_begin(judged("text_relocation", Weight::Noted), "it changes its own code"));
  CHECK(judged("static_tls", Weight::Resident).empty());
  CHECK(has_begin(judged("static_tls", Weight::Noted), "it takes static TLS"));
  CHECK_FALSE(has_begin(judged("scripted", Weight::Noted), "it takes static TLS"));
}

TEST_CASE("a file's own symbols are those that it shows to others") {
  auto shown = [](const std::string& module) { return exported_symbols(octets_of(octets_of_module(module))); };
  CHECK(shown("scripted") == std::vector<std::string>{"radius_plugin_v1"});
  CHECK(shown("no_entry").empty());
  std::vector<std::string> unique = shown("unique_symbol");
  CHECK(std::find(unique.begin(), unique.end(), "radhost_unique") != unique.end());
  CHECK(std::find(unique.begin(), unique.end(), "pause") == unique.end());
}

TEST_CASE("a table that lies nowhere in the file holds nothing") {
  constexpr uint64_t nowhere = uint64_t{1} << 40;
  std::string whole = octets_of_module("unique_symbol");
  auto is_resident = [](const std::string& file) {
    auto findings = judge_elf(octets_of(file));
    return std::any_of(findings.begin(), findings.end(),
                       [](const ElfFinding& finding) { return finding.weight == Weight::Resident; });
  };
  CHECK_FALSE(exported_symbols(octets_of(whole)).empty());
  CHECK(is_resident(whole));
  for (int64_t tag : {DT_SYMTAB, DT_STRTAB}) {
    std::string damaged = with_entry(whole, tag, nowhere);
    CHECK(damaged != whole);
    CHECK(exported_symbols(octets_of(damaged)).empty());
    CHECK_FALSE(is_resident(damaged));
  }
}

TEST_CASE("a file that was cut short anywhere is refused, and looked at within its bounds") {
  std::string whole = octets_of_module("unique_symbol");
  size_t refused = 0, looked_at = 0;
  for (size_t size = 0; size < whole.size(); size += size < 4096 ? 1 : 97, ++looked_at) {
    Octets part = octets_of(whole).first(size);
    static_cast<void>(exported_symbols(part).size());
    auto findings = judge_elf(part);
    refused += findings.size() == 1 && findings[0].weight == Weight::Refused && findings[0].text.starts_with("it is cut");
  }
  CHECK(refused == looked_at);
}
