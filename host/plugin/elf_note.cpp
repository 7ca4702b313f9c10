// SPDX-License-Identifier: Apache-2.0
#include "plugin/elf_note.h"

#include <radius/note.h>

#include "plugin/elf_file.h"

namespace radhost {
namespace {

#if defined(__x86_64__)
constexpr uint16_t this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t this_machine = EM_AARCH64;
#elif defined(__riscv)
constexpr uint16_t this_machine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr uint16_t this_machine = EM_PPC64;
#elif defined(__s390x__)
constexpr uint16_t this_machine = EM_S390;
#else
#error "name this machine's ELF number"
#endif

std::string text_of_field(const char* field, size_t size) { return {field, strnlen(field, size)}; }

uint64_t padded(uint64_t size) { return (size + 3) / 4 * 4; }

/// The notes of one segment, until ours.
std::optional<ModuleNote> find_in_segment(Octets file, uint64_t begin, uint64_t size) {
  if (begin > file.size() || size > file.size() - begin) return std::nullopt;
  for (uint64_t at = begin; at + sizeof(Elf64_Nhdr) <= begin + size;) {
    auto header = read_at<Elf64_Nhdr>(file, at);
    if (!header) return std::nullopt;
    auto note = read_at<radius_note_t>(file, at);
    bool ours = note && note->name_size == sizeof note->name && note->note_type == RADIUS_NOTE_TYPE &&
                std::memcmp(note->name, "RADIUS\0", sizeof note->name) == 0;
    if (ours && note->description_size >= sizeof *note - offsetof(radius_note_t, abi_major)) {
      return ModuleNote{note->abi_major, note->abi_minor, note->least_host_minor,
                        text_of_field(note->id, sizeof note->id), text_of_field(note->version, sizeof note->version)};
    }
    at += sizeof *header + padded(header->n_namesz) + padded(header->n_descsz);
  }
  return std::nullopt;
}

}  // namespace

Result<ModuleNote, std::string> read_module_note(Octets file) {
  auto header = read_at<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
    return std::string("it is no ELF file, or was cut short");
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != this_machine)
    return std::string("it was built for another machine");
  if (header->e_type != ET_DYN) return std::string("it is no shared library");
  for (uint16_t i = 0; i < header->e_phnum; ++i) {
    auto segment = read_at<Elf64_Phdr>(file, header->e_phoff + uint64_t{i} * header->e_phentsize);
    if (!segment) return std::string("it was cut short");
    if (segment->p_type != PT_NOTE) continue;
    if (auto note = find_in_segment(file, segment->p_offset, segment->p_filesz)) return *note;
  }
  return std::string("it has no radius_plugin_v1 note (RADIUS_NOTE, which RADIUS_PLUGIN leaves)");
}

std::string refuse_note(const ModuleNote& note) {
  if (note.abi_major != RADIUS_PLUGIN_ABI_MAJOR)
    return "it was built for radius_plugin_v" + std::to_string(note.abi_major) + ", which this host does not serve";
  if (note.least_host_minor > RADIUS_PLUGIN_ABI_MINOR)
    return "it needs a host with ABI 1." + std::to_string(note.least_host_minor);
  return {};
}

}  // namespace radhost
