/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The dictionary: names, numbers and data types of attributes, and the names of their values.
 *
 * An attribute is resolved once, in `create`, to a handle: an integer that stays the same for the life of the
 * process, whatever is reloaded.
 */
#ifndef RADIUS_DICTIONARY_H
#define RADIUS_DICTIONARY_H

#include <radius/abi.h>

RADIUS_BEGIN_DECLARATIONS

/** An attribute's handle. 0 is no attribute. */
typedef uint32_t radius_attr_t;

/** Data types of RFC 8044, and those that vendors add. */
typedef int32_t radius_type_t;
enum {
  RADIUS_TYPE_OCTETS = 1,      /* "string" of RFC 8044 §3.5 */
  RADIUS_TYPE_TEXT = 2,        /* §3.4 */
  RADIUS_TYPE_UINT8 = 3,
  RADIUS_TYPE_UINT16 = 4,
  RADIUS_TYPE_UINT32 = 5,      /* "integer" §3.1, "enum" §3.2 */
  RADIUS_TYPE_UINT64 = 6,      /* "integer64" §3.12 */
  RADIUS_TYPE_INT32 = 7,
  RADIUS_TYPE_TIME = 8,        /* §3.3: seconds since 1970, unsigned */
  RADIUS_TYPE_IFID = 9,        /* §3.7 */
  RADIUS_TYPE_IPV4 = 10,       /* §3.8 */
  RADIUS_TYPE_IPV6 = 11,       /* §3.9 */
  RADIUS_TYPE_IPV6_PREFIX = 12,/* §3.10 */
  RADIUS_TYPE_IPV4_PREFIX = 13,/* §3.11 */
  RADIUS_TYPE_TLV = 14,        /* §3.13: holds other attributes */
  RADIUS_TYPE_ETHERNET = 15,   /* six octets */
  RADIUS_TYPE_COMBO_IP = 16,   /* an IPv4 or an IPv6 address, told by its length */
  RADIUS_TYPE_ABINARY = 17,    /* Ascend's filters, as octets */
  RADIUS_TYPE_CONTAINER = 18   /* vsa, extended, long-extended, evs: only holds other attributes */
};

/** What the dictionary says of an attribute. The host fills it; set `size` to sizeof first. */
typedef struct radius_attr_info {
  uint32_t size;
  radius_attr_t attr;
  radius_attr_t parent; /* the TLV or container that holds it; 0 at the top */
  uint32_t vendor;      /* the Vendor-Id, 0 for the standard's own */
  uint32_t number;      /* its number within its parent or vendor */
  radius_type_t data_type;
  uint32_t flags;       /* RADIUS_ATTR_… */
  uint32_t reserved;
  radius_text_t name;   /* lives as long as the process */
} radius_attr_info_t;
RADIUS_PIN_SIZE(radius_attr_info_t, 48);
RADIUS_PIN_OFFSET(radius_attr_info_t, name, 32);
enum {
  RADIUS_ATTR_TAGGED = 1,    /* may carry a tag (RFC 2868) */
  RADIUS_ATTR_SENSITIVE = 2, /* hidden on the wire; never log its value */
  RADIUS_ATTR_INTERNAL = 4,  /* lives in the control list alone; never on the wire */
  RADIUS_ATTR_CONCAT = 8,    /* longer values are split over several attributes (RFC 8044 §3.6) */
  RADIUS_ATTR_HOST_OWNED = 16/* written by the host alone */
};

typedef struct radius_dictionary_v1 {
  uint32_t size;
  uint32_t reserved;

  /**
   * The handle for a name such as `User-Name` or `MS-CHAP2-Response`, letter case ignored. In `create` alone also for
   * what the dictionary does not know: `Attr-200`, `Attr-241.1`, `Vendor-99999-Attr-1`; those are for writing, received
   * ones have no handle. It is a look-up by name: resolve in `create` what each request needs. [any-thread]
   */
  radius_status_t (*resolve)(radius_instance_t *instance, radius_text_t name, radius_attr_t *attr);

  /** What is known of a handle. [any-thread] */
  radius_status_t (*describe)(radius_instance_t *instance, radius_attr_t attr, radius_attr_info_t *info);

  /** A value's number by its name (`Framed-User`), and its name by its number. [any-thread] */
  radius_status_t (*value_by_name)(radius_instance_t *instance, radius_attr_t attr, radius_text_t name,
                                   uint64_t *value);
  radius_status_t (*name_by_value)(radius_instance_t *instance, radius_attr_t attr, uint64_t value,
                                   radius_text_t *name);

  /**
   * A value's octets, as on the wire, to text as operators write it, and back. `length` holds the buffer's
   * size on entry and the result's on return; RADIUS_ERR_LIMIT when it is too small. [any-thread]
   */
  radius_status_t (*print)(radius_instance_t *instance, radius_attr_t attr, const uint8_t *octets,
                           uint64_t octets_length, char *text, uint64_t *length);
  radius_status_t (*parse)(radius_instance_t *instance, radius_attr_t attr, radius_text_t text, uint8_t *octets,
                           uint64_t *length);

  /** The attribute whose name is nearest to one that is not known; RADIUS_ERR_NOT_FOUND when none is near. [create] */
  radius_status_t (*suggest)(radius_instance_t *instance, radius_text_t name, radius_text_t *nearest);
} radius_dictionary_v1_t;
RADIUS_PIN_SIZE(radius_dictionary_v1_t, 64);
RADIUS_PIN_OFFSET(radius_dictionary_v1_t, parse, 48);
RADIUS_PIN_OFFSET(radius_dictionary_v1_t, suggest, 56);

RADIUS_END_DECLARATIONS

#endif
