/* SPDX-License-Identifier: Apache-2.0 */
/** "radius.fd/1": a module's own sockets, watched by the worker's loop. */
#ifndef RADIUS_EXT_FD_H
#define RADIUS_EXT_FD_H

#include <radius/abi.h>

#define RADIUS_EXT_FD "radius.fd/1"

RADIUS_BEGIN_DECLARATIONS

/** A watch's number, unique within the instance and thread. 0 is none. */
typedef uint64_t radius_watch_t;

enum { RADIUS_FD_READABLE = 1, RADIUS_FD_WRITABLE = 2, RADIUS_FD_CLOSED = 4 };

typedef struct radius_fd_v1 {
  uint32_t size;
  uint32_t reserved;

  /** Calls `ready` on this thread whenever one of `events` holds. The descriptor stays the module's. [worker] */
  radius_status_t (*watch)(radius_thread_t *thread, int32_t fd, uint32_t events,
                           void (*ready)(void *data, radius_watch_t watch, uint32_t events), void *data,
                           radius_watch_t *watch);

  /** Watches for other events from now on. [worker] */
  radius_status_t (*change)(radius_thread_t *thread, radius_watch_t watch, uint32_t events);

  /** Ends a watch; `ready` is not called again. [worker] */
  radius_status_t (*unwatch)(radius_thread_t *thread, radius_watch_t watch);
} radius_fd_v1_t;
RADIUS_PIN_SIZE(radius_fd_v1_t, 32);
RADIUS_PIN_OFFSET(radius_fd_v1_t, unwatch, 24);

RADIUS_END_DECLARATIONS

#endif
