/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An instance's [plugin.NAME.config] table, read in `create`.
 *
 * A key is a path: names joined by dots, an element of an array by its index in brackets, a name that is not
 * [A-Za-z0-9_-]+ in double quotes: `servers[0].host`, `reply."Reply-Message"`. Nothing stands for a double quote: what
 * has one in its name is read with its table, by `json`. The empty key is the table itself. Keys that nobody read by
 * the time `create` returns are errors, shown with file and line.
 */
#ifndef RADIUS_CONFIG_H
#define RADIUS_CONFIG_H

#include <radius/abi.h>

RADIUS_BEGIN_DECLARATIONS

typedef int32_t radius_config_type_t;
enum {
  RADIUS_CONFIG_ABSENT = 0,
  RADIUS_CONFIG_TEXT = 1,
  RADIUS_CONFIG_INTEGER = 2,
  RADIUS_CONFIG_REAL = 3,
  RADIUS_CONFIG_BOOLEAN = 4,
  RADIUS_CONFIG_ARRAY = 5,
  RADIUS_CONFIG_TABLE = 6
};

/** Text that comes out of these functions lives until `create` returns. */
typedef struct radius_config_v1 {
  uint32_t size;
  uint32_t reserved;

  /** The data type of a key's value; RADIUS_CONFIG_ABSENT where there is none. [create] */
  radius_config_type_t (*type_of)(radius_instance_t *instance, radius_text_t key);

  /**
   * The values. RADIUS_ERR_NOT_FOUND leaves `value` as it was, so that it may hold the default;
   * RADIUS_ERR_TYPE has been reported at the value's position already. [create]
   */
  radius_status_t (*text)(radius_instance_t *instance, radius_text_t key, radius_text_t *value);
  radius_status_t (*integer)(radius_instance_t *instance, radius_text_t key, int64_t *value);
  radius_status_t (*real)(radius_instance_t *instance, radius_text_t key, double *value);
  radius_status_t (*boolean)(radius_instance_t *instance, radius_text_t key, int32_t *value);

  /** Text that must never be shown: it may be given as KEY, or as KEY_file or KEY_env. [create] */
  radius_status_t (*secret)(radius_instance_t *instance, radius_text_t key, radius_text_t *value);

  /** How many elements an array has, or members a table. 0 where the key is absent. [create] */
  uint64_t (*count)(radius_instance_t *instance, radius_text_t key);

  /** The name of a table's member number `index`, in the file's order. [create] */
  radius_status_t (*member)(radius_instance_t *instance, radius_text_t key, uint64_t index, radius_text_t *name);

  /** A value, with all below it, as JSON; everything below counts as read. [create] */
  radius_status_t (*json)(radius_instance_t *instance, radius_text_t key, radius_text_t *value);

  /** Reports a mistake at the position of a key's value. `create` must then fail. [create] */
  void (*reject)(radius_instance_t *instance, radius_text_t key, radius_text_t message);

  /** Reports a mistake elsewhere, as in a file that the module reads; `line` and `column` begin at 1. [create] */
  void (*reject_at)(radius_instance_t *instance, radius_text_t file, uint32_t line, uint32_t column,
                    radius_text_t message);

  /**
   * The instance is made from this file: an edit to it counts as a change of the instance. Ask before reading it, so
   * that an edit meanwhile is seen. A relative path starts at the folder of the configuration file; `resolved` (may be
   * NULL) gets the absolute one. [create]
   */
  radius_status_t (*depend)(radius_instance_t *instance, radius_text_t path, radius_text_t *resolved);

  /**
   * Text that names a file the module writes, or otherwise does not depend on: the absolute path, from the folder
   * of the configuration file where it is relative. [create]
   */
  radius_status_t (*path)(radius_instance_t *instance, radius_text_t key, radius_text_t *value);
} radius_config_v1_t;
RADIUS_PIN_SIZE(radius_config_v1_t, 112);
RADIUS_PIN_OFFSET(radius_config_v1_t, depend, 96);
RADIUS_PIN_OFFSET(radius_config_v1_t, path, 104);

RADIUS_END_DECLARATIONS

#endif
