/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Lists of attributes: reading without copies, writing without wire formats.
 *
 * A value's octets are those of RFC 8044's data type in network order: the host has already taken off tags,
 * revealed what was hidden, and joined what was split, and does the reverse on the way out.
 */
#ifndef RADIUS_LIST_H
#define RADIUS_LIST_H

#include <radius/abi.h>
#include <radius/dictionary.h>

RADIUS_BEGIN_DECLARATIONS

/** A list of attributes: a request's (request.h), or one of the module's own (`create_list`). */
typedef struct radius_list radius_list_t;

/** An immutable list, made once and appended to many replies at the cost of a copy. */
typedef struct radius_prebuilt radius_prebuilt_t;

/**
 * One attribute, seen where it lies; as long-lived as the list, until that is next written to. It is meaningful to its
 * own list alone. Frozen.
 */
typedef struct radius_view {
  radius_attr_t attr;  /* 0 when the dictionary does not know it: see vendor and number */
  uint32_t vendor;     /* Vendor-Id, 0 for the standard's own */
  uint32_t number;     /* its number within its parent or vendor */
  uint16_t flags;      /* RADIUS_VIEW_… */
  uint8_t tag;         /* with RADIUS_VIEW_TAGGED: 0 to 31 */
  uint8_t top;         /* the type of the attribute that holds it on the wire, such as 26 or 241 */
  const uint8_t *data; /* never NULL, even when length is 0 */
  uint32_t length;     /* octets */
  radius_type_t data_type; /* of the value; RADIUS_TYPE_OCTETS where the dictionary does not know it */
  uint64_t cursor;     /* where it stands; pass the view on to `next` or `find_next` */
} radius_view_t;
RADIUS_PIN_SIZE(radius_view_t, 40);
RADIUS_PIN_OFFSET(radius_view_t, flags, 12);
RADIUS_PIN_OFFSET(radius_view_t, data, 16);
RADIUS_PIN_OFFSET(radius_view_t, length, 24);
RADIUS_PIN_OFFSET(radius_view_t, data_type, 28);
RADIUS_PIN_OFFSET(radius_view_t, cursor, 32);
enum {
  RADIUS_VIEW_TAGGED = 1,    /* carries a tag */
  RADIUS_VIEW_SENSITIVE = 2, /* was hidden on the wire; wiped when the request ends */
  RADIUS_VIEW_INVALID = 4,   /* the octets do not fit the data type (RFC 6929 §2.8); data is as received */
  RADIUS_VIEW_INTERNAL = 8   /* lives in the control list alone */
};

/** Where a function takes `tag`, this says that there is none. */
enum { RADIUS_NO_TAG = -1 };

typedef struct radius_lists_v1 {
  uint32_t size;
  uint32_t reserved;

  /* Reading. A step costs the same wherever it is taken; the end is RADIUS_ERR_NOT_FOUND. */

  /** The first attribute; the one after `view`. [handler] */
  radius_status_t (*first)(const radius_list_t *list, radius_view_t *view);
  radius_status_t (*next)(const radius_list_t *list, radius_view_t *view);

  /** The first attribute with this handle; the next one after `view`. Invalid ones are passed over. [handler] */
  radius_status_t (*find)(const radius_list_t *list, radius_attr_t attr, radius_view_t *view);
  radius_status_t (*find_next)(const radius_list_t *list, radius_attr_t attr, radius_view_t *view);

  /** What a TLV holds: its first child, and the one after `child`. [handler] */
  radius_status_t (*first_child)(const radius_list_t *list, const radius_view_t *parent, radius_view_t *child);
  radius_status_t (*next_child)(const radius_list_t *list, const radius_view_t *parent, radius_view_t *child);

  /** The octets of the whole attribute as received, header included; request lists only. [handler] */
  radius_status_t (*raw)(const radius_list_t *list, const radius_view_t *view, const uint8_t **octets,
                         uint32_t *length);

  /* A view's value. It is told by its length, and RADIUS_ERR_TYPE when that is another one; a prefix by its data type,
     too. Signed integers travel as the unsigned number with the same octets: (int32_t)value. [any-thread] */

  radius_status_t (*read_integer)(const radius_view_t *view, uint64_t *value); /* 1 to 4, or 8 octets; times */
  radius_status_t (*read_ipv4)(const radius_view_t *view, uint8_t address[4]);
  radius_status_t (*read_ipv6)(const radius_view_t *view, uint8_t address[16]);
  radius_status_t (*read_prefix)(const radius_view_t *view, uint8_t address[16], uint32_t *prefix_length,
                                 int32_t *is_ipv6);
  radius_status_t (*read_ifid)(const radius_view_t *view, uint8_t ifid[8]);

  /* Writing: appends a copy. RADIUS_ERR_TYPE for another data type, RADIUS_ERR_RANGE for a value that cannot be
     encoded, RADIUS_ERR_HOST_OWNED for the host's own attributes, RADIUS_ERR_LIMIT when the list is full,
     RADIUS_ERR_INVALID for an internal attribute outside the control list. `tag` is 0 to 31 or RADIUS_NO_TAG.
     [handler] for a request's lists */

  radius_status_t (*add_integer)(radius_list_t *list, radius_attr_t attr, int32_t tag, uint64_t value);
  radius_status_t (*add_octets)(radius_list_t *list, radius_attr_t attr, int32_t tag, const uint8_t *octets,
                                uint64_t length);
  radius_status_t (*add_ipv4)(radius_list_t *list, radius_attr_t attr, int32_t tag, const uint8_t address[4]);
  radius_status_t (*add_ipv6)(radius_list_t *list, radius_attr_t attr, int32_t tag, const uint8_t address[16]);

  /** `address_length` is 4 or 16, as the attribute's family has it: RADIUS_ERR_RANGE for any other, RADIUS_ERR_TYPE for
      the other family's. */
  radius_status_t (*add_prefix)(radius_list_t *list, radius_attr_t attr, int32_t tag, const uint8_t *address,
                                uint32_t address_length, uint32_t prefix_length);
  radius_status_t (*add_ifid)(radius_list_t *list, radius_attr_t attr, int32_t tag, const uint8_t ifid[8]);

  /** By text, as an operator writes it (`"Framed-User"`, `"192.0.2.1"`, `"0x0102"`); for set-up, not for speed. */
  radius_status_t (*add_parsed)(radius_list_t *list, radius_attr_t attr, int32_t tag, radius_text_t text);

  /** By name and text; the name may carry a tag: `Tunnel-Type:1`. */
  radius_status_t (*add_named)(radius_list_t *list, radius_text_t name, radius_text_t text);

  /** What is added between these two goes into one TLV, or one Vendor-Specific attribute (`Vendor-Specific.Cisco`
      resolves to a vendor's); TLVs may nest. A group left open is its handler's failure. */
  radius_status_t (*begin_group)(radius_list_t *list, radius_attr_t attr);
  radius_status_t (*end_group)(radius_list_t *list);

  /** Takes out every attribute with this handle; how many, in `removed` (may be NULL). Not within a group. */
  radius_status_t (*remove)(radius_list_t *list, radius_attr_t attr, uint64_t *removed);

  /* Lists of the module's own. */

  /** An empty list; end it with destroy_list before `destroy` returns. It may hold internal attributes. [any-thread] */
  radius_status_t (*create_list)(radius_instance_t *instance, radius_list_t **list);
  void (*destroy_list)(radius_list_t *list);

  /** Appends a copy of all of `from`. [handler] for a request's lists */
  radius_status_t (*append)(radius_list_t *list, const radius_list_t *from);

  /** An immutable copy, which ends with the instance, or before by destroy_prebuilt; RADIUS_ERR_STATE at other times. [create] */
  radius_status_t (*prebuild)(radius_instance_t *instance, const radius_list_t *list, radius_prebuilt_t **prebuilt);
  radius_status_t (*destroy_prebuilt)(radius_instance_t *instance, radius_prebuilt_t *prebuilt);

  /** Appends a copy of it. [handler] for a request's lists */
  radius_status_t (*append_prebuilt)(radius_list_t *list, const radius_prebuilt_t *prebuilt);
} radius_lists_v1_t;
RADIUS_PIN_SIZE(radius_lists_v1_t, 240);
RADIUS_PIN_OFFSET(radius_lists_v1_t, add_integer, 104);
RADIUS_PIN_OFFSET(radius_lists_v1_t, append_prebuilt, 232);

RADIUS_END_DECLARATIONS

#endif
