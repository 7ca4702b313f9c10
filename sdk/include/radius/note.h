/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The ELF note that lets a file be judged without running any of its code.
 *
 *   0               4               8              12
 *   +---------------+---------------+---------------+
 *   | namesz = 8    | descsz = 112  | type = 1      |
 *   +---------------+---------------+---------------+
 *   | "RADIUS\0\0"                  |
 *   +---------------+---------------+---------------+---------------+
 *   | abi major     | abi minor     | least minor   | reserved = 0  |   32-bit, in the machine's byte order
 *   +---------------+---------------+---------------+---------------+
 *   | id: 64 octets of ASCII, filled with NUL                       |
 *   | version: 32 octets of ASCII, filled with NUL                  |
 *   +---------------------------------------------------------------+
 *
 * The section is `.note.radius`, of type SHT_NOTE, allocated, aligned to 4. A module has exactly one.
 */
#ifndef RADIUS_NOTE_H
#define RADIUS_NOTE_H

#include <radius/abi.h>

#define RADIUS_NOTE_SECTION ".note.radius"
#define RADIUS_NOTE_TYPE 1
#define RADIUS_NOTE_ID_SIZE 64
#define RADIUS_NOTE_VERSION_SIZE 32

RADIUS_BEGIN_DECLARATIONS

/** The note as it lies in the file. Frozen. */
typedef struct radius_note {
  uint32_t name_size;
  uint32_t description_size;
  uint32_t note_type;
  char name[8];
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t least_host_minor;
  uint32_t reserved;
  char id[RADIUS_NOTE_ID_SIZE];
  char version[RADIUS_NOTE_VERSION_SIZE];
} radius_note_t;
RADIUS_PIN_SIZE(radius_note_t, 132);
RADIUS_PIN_OFFSET(radius_note_t, abi_major, 20);
RADIUS_PIN_OFFSET(radius_note_t, id, 36);
RADIUS_PIN_OFFSET(radius_note_t, version, 100);

RADIUS_END_DECLARATIONS

/** Leaves the note; `id` and `version` are string literals. Use it once, at file scope. */
#define RADIUS_NOTE(id_literal, version_literal, least_minor)                                                   \
  __attribute__((section(RADIUS_NOTE_SECTION), aligned(4), used)) static const radius_note_t radius_plugin_note = { \
      8, 112, RADIUS_NOTE_TYPE, {'R', 'A', 'D', 'I', 'U', 'S', 0, 0}, RADIUS_PLUGIN_ABI_MAJOR,                  \
      RADIUS_PLUGIN_ABI_MINOR, (least_minor), 0, id_literal, version_literal}

#endif
