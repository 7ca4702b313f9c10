/* SPDX-License-Identifier: Apache-2.0 */
/**
 * "radius.fd/1": a module's own sockets, pipes and the like, watched by the worker's loop.
 *
 * Pool threads have no loop: RADIUS_ERR_STATE there, and on any other thread than the one whose handle is passed. What
 * is still watched when thread_stop returns is watched no more, without a call, and reported as a leak.
 */
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

  /**
   * Calls `ready` on this thread whenever one of `events` holds, and in each turn of the loop again while it does.
   * RADIUS_FD_CLOSED: the peer sends no more, or the connection has failed; a descriptor in error is ready for all that
   * is watched for, so that whoever reads or writes learns why. The descriptor stays the module's, and becomes
   * non-blocking; unwatch before you close it. RADIUS_ERR_INVALID for what cannot be watched, such as a file;
   * RADIUS_ERR_LIMIT for too many. `watch` may be NULL. [worker]
   */
  radius_status_t (*watch)(radius_thread_t *thread, int32_t fd, uint32_t events,
                           void (*ready)(void *data, radius_watch_t watch, uint32_t events), void *data,
                           radius_watch_t *watch);

  /** Watches for other events from now on; RADIUS_ERR_GONE for no watch. [worker] */
  radius_status_t (*change)(radius_thread_t *thread, radius_watch_t watch, uint32_t events);

  /** Ends a watch; `ready` is not called again. Legal within `ready`; RADIUS_ERR_GONE for no watch. [worker] */
  radius_status_t (*unwatch)(radius_thread_t *thread, radius_watch_t watch);
} radius_fd_v1_t;
RADIUS_PIN_SIZE(radius_fd_v1_t, 32);
RADIUS_PIN_OFFSET(radius_fd_v1_t, unwatch, 24);

RADIUS_END_DECLARATIONS

#endif
