/* SPDX-License-Identifier: Apache-2.0 */
/** A request: where it came from, and its three lists. */
#ifndef RADIUS_REQUEST_H
#define RADIUS_REQUEST_H

#include <radius/abi.h>
#include <radius/list.h>

RADIUS_BEGIN_DECLARATIONS

/** A request's lists. */
typedef int32_t radius_list_kind_t;
enum {
  RADIUS_LIST_REQUEST = 1, /* as received, read-only */
  RADIUS_LIST_REPLY = 2,   /* what the answer will carry */
  RADIUS_LIST_CONTROL = 3  /* notes between the handlers of a chain, kept through a conversation */
};

/** Packet codes that reach a handler (RFC 2865 §3, RFC 2866 §3, RFC 5176 §2). */
enum {
  RADIUS_CODE_ACCESS_REQUEST = 1,
  RADIUS_CODE_ACCOUNTING_REQUEST = 4,
  RADIUS_CODE_DISCONNECT_REQUEST = 40,
  RADIUS_CODE_COA_REQUEST = 43
};

enum { RADIUS_TRANSPORT_UDP = 1, RADIUS_TRANSPORT_TCP = 2, RADIUS_TRANSPORT_TLS = 3, RADIUS_TRANSPORT_DTLS = 4 };

/** An address with its port. IPv4 uses the first four octets. Frozen. */
typedef struct radius_address {
  uint8_t octets[16];
  uint32_t scope_id; /* of a link-local IPv6 address */
  uint16_t port;
  uint16_t family; /* 4 or 6 */
} radius_address_t;
RADIUS_PIN_SIZE(radius_address_t, 24);
RADIUS_PIN_OFFSET(radius_address_t, port, 20);
RADIUS_PIN_OFFSET(radius_address_t, family, 22);

/** All that is known of a request beside its attributes. Set `size` to sizeof first; the host fills what fits. */
typedef struct radius_request_info {
  uint32_t size;
  uint8_t code;            /* RADIUS_CODE_… */
  uint8_t identifier;      /* of RADIUS/1.0; 0 in 1.1 */
  uint8_t version;         /* 10: RADIUS/1.0, 11: RADIUS/1.1 (RFC 9765) */
  uint8_t transport;       /* RADIUS_TRANSPORT_… */
  uint64_t id;             /* the host's number of this request, as in its log */
  int64_t received_us;     /* wall clock, microseconds since 1970 */
  uint64_t deadline_ns;    /* system->monotonic_ns: when the host stops waiting for this handler; 0: never */
  uint8_t authenticator[16]; /* the Request Authenticator; zero in 1.1 */
  radius_address_t peer;
  radius_address_t local;
  uint32_t flags;          /* RADIUS_REQUEST_… */
  uint32_t depth;          /* 0, or how deep a subrequest is */
  radius_text_t client;    /* the [[client]]'s name. These texts live as long as the request */
  radius_text_t listener;  /* the [[listener]]'s name */
  radius_text_t tls_identity; /* how the peer proved itself, empty without TLS */
} radius_request_info_t;
RADIUS_PIN_SIZE(radius_request_info_t, 152);
RADIUS_PIN_OFFSET(radius_request_info_t, authenticator, 32);
RADIUS_PIN_OFFSET(radius_request_info_t, peer, 48);
RADIUS_PIN_OFFSET(radius_request_info_t, flags, 96);
RADIUS_PIN_OFFSET(radius_request_info_t, client, 104);
RADIUS_PIN_OFFSET(radius_request_info_t, tls_identity, 136);
enum {
  RADIUS_REQUEST_PROTECTED = 1, /* a valid Message-Authenticator, or a TLS connection, vouches for it */
  RADIUS_REQUEST_OFFLOADED = 2  /* this call runs on a pool thread, where it may block */
};

typedef struct radius_requests_v1 {
  uint32_t size;
  uint32_t reserved;

  /** One of the request's lists; NULL for a number that is none. Lives as long as the request. [handler] */
  radius_list_t *(*list)(radius_request_t *request, radius_list_kind_t kind);

  /** Fills `info`. [handler] */
  radius_status_t (*info)(radius_request_t *request, radius_request_info_t *info);
} radius_requests_v1_t;
RADIUS_PIN_SIZE(radius_requests_v1_t, 24);
RADIUS_PIN_OFFSET(radius_requests_v1_t, info, 16);

RADIUS_END_DECLARATIONS

#endif
