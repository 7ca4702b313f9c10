// SPDX-License-Identifier: Apache-2.0
#include "plugin/elf_judgement.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "plugin/elf_file.h"

namespace radhost {
namespace {

using Weight = ElfFinding::Weight;

/// More than any linker makes: a damaged header does not keep the host busy.
constexpr size_t segments_max = 256;
constexpr size_t dynamic_max = 4096;
constexpr size_t symbols_max = 1 << 20;
constexpr size_t name_max = 256;

/// The system's own libraries, which every process has, and those that come with a sanitized build: by how their names
/// begin.
constexpr std::array<std::string_view, 12> system_libraries{
    "libc.so.", "libm.so.",      "libpthread.so.", "libdl.so.",   "librt.so.",   "ld-linux",
    "ld64.so.", "libstdc++.so.", "libgcc_s.so.",   "libasan.so.", "libtsan.so.", "libubsan.so."};

/// What of the file the loader maps where, and its dynamic section.
class Image {
 public:
  explicit Image(Octets file) : file_(file) {
    auto header = read_at<Elf64_Ehdr>(file, 0);
    if (!header) return;
    // The sections' table is what linkers write last.
    is_whole_ = holds(header->e_shoff, uint64_t{header->e_shnum} * header->e_shentsize);
    for (size_t i = 0; i < std::min<size_t>(header->e_phnum, segments_max); ++i) {
      auto segment = read_at<Elf64_Phdr>(file, header->e_phoff + i * header->e_phentsize);
      if (!segment) break;
      if (segment->p_type == PT_LOAD) loaded_.push_back(*segment);
      if (segment->p_type == PT_LOAD) is_whole_ = is_whole_ && holds(segment->p_offset, segment->p_filesz);
      if (segment->p_type == PT_GNU_STACK) stack_is_executable_ = (segment->p_flags & PF_X) != 0;
      if (segment->p_type == PT_DYNAMIC) read_dynamic(*segment);
    }
  }

  /// Does the file have all that its header tells of? The loader would map what is not there, and end the process.
  bool is_whole() const { return is_whole_; }
  bool stack_is_executable() const { return stack_is_executable_; }
  const std::vector<Elf64_Dyn>& dynamic() const { return dynamic_; }

  /// The first entry's value; 0 without one.
  uint64_t value(int64_t tag) const {
    auto entry = std::find_if(dynamic_.begin(), dynamic_.end(), [&](const Elf64_Dyn& at) { return at.d_tag == tag; });
    return entry == dynamic_.end() ? 0 : entry->d_un.d_val;
  }

  /// A struct at an address in memory.
  template <class T>
  std::optional<T> at(uint64_t address) const {
    for (const Elf64_Phdr& segment : loaded_)
      if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
        return read_at<T>(file_, segment.p_offset + (address - segment.p_vaddr));
    return std::nullopt;
  }

  /// A name in the table of strings, as far as it is one.
  std::string name(uint64_t offset) const {
    std::string text;
    for (uint64_t table = value(DT_STRTAB); text.size() < name_max; ++offset) {
      auto octet = offset < value(DT_STRSZ) ? at<char>(table + offset) : std::nullopt;
      if (!octet || *octet == 0) break;
      text += *octet >= 0x20 && *octet < 0x7f ? *octet : '?';
    }
    return text;
  }

  /// How many symbols others may see: as the tables by which the loader finds them tell it.
  uint64_t symbol_count() const {
    if (uint64_t table = value(DT_HASH); table != 0) return at<uint32_t>(table + 4).value_or(0);
    //  buckets  first symbol  Bloom words  shift | Bloom words (64 bits each) | buckets | chain, one for each symbol
    uint64_t table = value(DT_GNU_HASH);
    if (table == 0) return 0;
    uint32_t buckets = at<uint32_t>(table).value_or(0);
    uint32_t first = at<uint32_t>(table + 4).value_or(0);
    uint64_t bucket = table + 16 + uint64_t{8} * at<uint32_t>(table + 8).value_or(0);
    uint64_t chain = bucket + uint64_t{4} * buckets;
    uint64_t last = 0;
    for (uint64_t i = 0; i < std::min<uint64_t>(buckets, symbols_max); ++i)
      last = std::max<uint64_t>(last, at<uint32_t>(bucket + 4 * i).value_or(0));
    if (last < first) return 0;
    // A chain ends with an odd number.
    for (; last < symbols_max; ++last)
      if (auto hash = at<uint32_t>(chain + 4 * (last - first)); !hash || (*hash & 1) != 0) break;
    return last + 1;
  }

 private:
  bool holds(uint64_t offset, uint64_t size) const { return offset <= file_.size() && size <= file_.size() - offset; }

  void read_dynamic(const Elf64_Phdr& segment) {
    for (uint64_t i = 0; i < std::min<uint64_t>(segment.p_filesz / sizeof(Elf64_Dyn), dynamic_max); ++i) {
      auto entry = read_at<Elf64_Dyn>(file_, segment.p_offset + i * sizeof(Elf64_Dyn));
      if (!entry || entry->d_tag == DT_NULL) return;
      dynamic_.push_back(*entry);
    }
  }

  Octets file_;
  std::vector<Elf64_Phdr> loaded_;
  std::vector<Elf64_Dyn> dynamic_;
  bool is_whole_ = false;
  bool stack_is_executable_ = true;  // what the system takes a file to want that does not say
};

/// A symbol of which a process has one, however many libraries define it: the first that does stays for good, and later
/// copies share its variables.
std::string first_unique_symbol(const Image& image) {
  uint64_t table = image.value(DT_SYMTAB);
  uint64_t count = std::min<uint64_t>(image.symbol_count(), symbols_max);
  for (uint64_t i = 0; i < count; ++i) {
    auto symbol = image.at<Elf64_Sym>(table + i * sizeof(Elf64_Sym));
    if (!symbol) break;
    if (ELF64_ST_BIND(symbol->st_info) == STB_GNU_UNIQUE && symbol->st_shndx != SHN_UNDEF)
      return image.name(symbol->st_name);
  }
  return {};
}

bool is_system_library(std::string_view name) {
  return std::any_of(system_libraries.begin(), system_libraries.end(),
                     [&](std::string_view begin) { return name.substr(0, begin.size()) == begin; });
}

/// Linkers define these in every file, and older ones show them.
constexpr std::array<std::string_view, 5> linker_symbols{"_init", "_fini", "_edata", "_end", "__bss_start"};

}  // namespace

std::vector<std::string> exported_symbols(Octets file) {
  Image image(file);
  std::vector<std::string> names;
  uint64_t count = std::min<uint64_t>(image.symbol_count(), symbols_max);
  for (uint64_t i = 0; i < count; ++i) {
    auto symbol = image.at<Elf64_Sym>(image.value(DT_SYMTAB) + i * sizeof(Elf64_Sym));
    if (!symbol) break;
    bool is_shown = ELF64_ST_BIND(symbol->st_info) != STB_LOCAL && symbol->st_shndx != SHN_UNDEF &&
                    (ELF64_ST_VISIBILITY(symbol->st_other) == STV_DEFAULT ||
                     ELF64_ST_VISIBILITY(symbol->st_other) == STV_PROTECTED);
    std::string name = is_shown ? image.name(symbol->st_name) : std::string();
    bool is_linkers = std::find(linker_symbols.begin(), linker_symbols.end(), name) != linker_symbols.end();
    if (!name.empty() && !is_linkers) names.push_back(std::move(name));
  }
  return names;
}

std::vector<ElfFinding> judge_elf(Octets file) {
  Image image(file);
  std::vector<ElfFinding> findings;
  auto find = [&](Weight weight, std::string text) { findings.push_back({weight, std::move(text)}); };

  if (!image.is_whole()) {
    find(Weight::Refused, "it is cut short: its header tells of more octets than there are");
    return findings;
  }
  // Loading it would make the stacks of all threads executable.
  if (image.stack_is_executable()) find(Weight::Refused, "it wants an executable stack (link it with -z noexecstack)");
  for (const Elf64_Dyn& entry : image.dynamic()) {
    if (entry.d_tag != DT_RPATH && entry.d_tag != DT_RUNPATH) continue;
    std::string path = image.name(entry.d_un.d_val);
    bool is_relative = path.find("$ORIGIN") != std::string::npos || path.find("${ORIGIN}") != std::string::npos;
    if (is_relative)
      find(Weight::Refused,
           "its run path \"" + path + "\" starts at its own place, and it is loaded from a copy elsewhere");
  }

  if ((image.value(DT_FLAGS_1) & DF_1_NODELETE) != 0)
    find(Weight::Resident, "it asks never to be unloaded (-z nodelete)");
  if (std::string symbol = first_unique_symbol(image); !symbol.empty())
    find(Weight::Resident,
         "it has symbols that are unique in a process, such as " + symbol + " (compile it with -fno-gnu-unique)");

  bool has_text_relocations = image.value(DT_FLAGS) & DF_TEXTREL;
  for (const Elf64_Dyn& entry : image.dynamic()) has_text_relocations |= entry.d_tag == DT_TEXTREL;
  if (has_text_relocations) find(Weight::Noted, "it changes its own code when it is loaded (compile it with -fPIC)");
  if ((image.value(DT_FLAGS) & DF_STATIC_TLS) != 0)
    find(Weight::Noted,
         "it takes static TLS, of which a process has little (do not compile it with -ftls-model=initial-exec)");
  std::string needed;
  for (const Elf64_Dyn& entry : image.dynamic()) {
    if (entry.d_tag != DT_NEEDED) continue;
    std::string name = image.name(entry.d_un.d_val);
    if (!is_system_library(name)) needed += (needed.empty() ? "" : ", ") + name;
  }
  if (!needed.empty()) find(Weight::Listed, "it needs " + needed + ", which stay as they are when it is swapped");
  return findings;
}

}  // namespace radhost
