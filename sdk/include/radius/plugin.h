/* SPDX-License-Identifier: Apache-2.0 */
/**
 * radius_plugin_v1: what a module gives to the host.
 *
 * A module is a shared library with one exported function, `radius_plugin_v1`, and one note (note.h). The
 * major version is in the function's name, so one library may serve several.
 *
 * An instance lives like this; only create and destroy are required:
 *
 *   create → start → thread_start on each thread that will call it → handlers → thread_stop → stop → destroy
 *
 * Handlers run on the host's workers, concurrently, and must not block, unless `threading` says otherwise.
 */
#ifndef RADIUS_PLUGIN_H
#define RADIUS_PLUGIN_H

#include <radius/abi.h>
#include <radius/host.h>
#include <radius/note.h>
#include <radius/request.h>
#include <radius/token.h>
#include <radius/verdict.h>

RADIUS_BEGIN_DECLARATIONS

/** On which threads handlers run. */
typedef int32_t radius_threading_t;
enum {
  RADIUS_THREADING_CONCURRENT = 0, /* on workers, several at once; must not block */
  RADIUS_THREADING_BLOCKING = 1,   /* on pool threads only, several at once; may block */
  RADIUS_THREADING_SERIAL = 2      /* on one thread of its own, one at a time; may block */
};

/** The module's descriptor: static, constant, valid while the library is loaded. */
typedef struct radius_plugin_v1_descriptor {
  uint32_t size;
  uint32_t abi_minor;        /* RADIUS_PLUGIN_ABI_MINOR it was compiled against */
  uint32_t least_host_minor; /* the oldest host it can work with */
  radius_threading_t threading;
  radius_text_t id;          /* such as "org.example.hello"; as in the note */
  radius_text_t version;     /* such as "1.2.0"; as in the note */
  radius_text_t description; /* one line for people */

  /**
   * Makes an instance: reads its configuration, resolves attributes, validates. `*self` becomes the module's
   * own pointer, passed to all that follows. On an error nothing is kept and destroy is not called.
   * `host` and `instance` stay valid until destroy returns. [lifecycle]
   */
  radius_status_t (*create)(const radius_host_v1_t *host, radius_instance_t *instance, void **self);

  /** Ends the instance; the last call. [lifecycle] */
  void (*destroy)(void *self);

  /** Connects, warms up. RADIUS_STARTING: host->started follows. An error ends the instance. [lifecycle] */
  radius_status_t (*start)(void *self);

  /** Joins the module's own threads and closes what it opened. Cannot fail. [lifecycle] */
  void (*stop)(void *self);

  /**
   * Prepares a thread that will call handlers; `*thread_self` is passed to each call on it. Must not block.
   * RADIUS_STARTING: host->thread_started follows. [worker]
   */
  radius_status_t (*thread_start)(void *self, radius_thread_t *thread, void **thread_self);

  /** Ends what thread_start began. [worker] */
  void (*thread_stop)(void *self, void *thread_self);

  /** The handlers; a missing one is RADIUS_PASS. `thread_self` is NULL without thread_start. [handler] */
  radius_verdict_t (*handle_access)(void *self, void *thread_self, radius_request_t *request);
  radius_verdict_t (*handle_accounting)(void *self, void *thread_self, radius_request_t *request);
  radius_verdict_t (*handle_coa)(void *self, void *thread_self, radius_request_t *request);
  radius_verdict_t (*handle_disconnect)(void *self, void *thread_self, radius_request_t *request);

  /**
   * Called on each handler that was visited, last first, before the reply is encoded. `verdict` is what the request
   * comes to, whoever said it: RADIUS_ACCEPT, RADIUS_REJECT (also for a failure, and for nobody's verdict),
   * RADIUS_CHALLENGE, or RADIUS_DROP for no answer; RADIUS_UNABLE only in a subrequest. [handler]
   */
  void (*handle_finish)(void *self, void *thread_self, radius_request_t *request, radius_verdict_t verdict);

  /** The request behind a token has ended without its completion. May run while a handler does. [any-thread] */
  void (*cancel)(void *self, radius_token_t token);

  /** Closes and opens log files again (SIGUSR1), while handlers run on other threads. [lifecycle] */
  void (*reopen)(void *self);
} radius_plugin_v1_t;
RADIUS_PIN_SIZE(radius_plugin_v1_t, 168);
RADIUS_PIN_OFFSET(radius_plugin_v1_t, id, 16);
RADIUS_PIN_OFFSET(radius_plugin_v1_t, create, 64);
RADIUS_PIN_OFFSET(radius_plugin_v1_t, handle_access, 112);
RADIUS_PIN_OFFSET(radius_plugin_v1_t, reopen, 160);

/** The one function a module exports. Returns its descriptor; never NULL. [lifecycle] */
RADIUS_EXPORT const radius_plugin_v1_t *radius_plugin_v1(void);

RADIUS_END_DECLARATIONS

#endif
