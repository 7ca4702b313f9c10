/* SPDX-License-Identifier: Apache-2.0 */
/* Modules with one fault each, which is chosen by a definition (or by how they are linked). */
#include <radius/plugin.h>
#include <string.h>
#include <unistd.h>

#ifdef WRONG_MAJOR
#undef RADIUS_PLUGIN_ABI_MAJOR
#define RADIUS_PLUGIN_ABI_MAJOR 2
#endif
#ifdef NEWER_MINOR
RADIUS_NOTE("org.radhost.test.bad", "1", 999);
#else
RADIUS_NOTE("org.radhost.test.bad", "1", 0);
#endif

#ifdef UNIQUE_SYMBOL
/* As g++ makes them of static members of templates; here by hand, so that every compiler does. */
__asm__(
    ".pushsection .data\n"
    ".globl radhost_unique\n"
    ".type radhost_unique, %gnu_unique_object\n"
    ".size radhost_unique, 4\n"
    "radhost_unique: .long 1\n"
    ".popsection\n");
#endif
#ifdef TEXT_RELOCATION
/* An address among the code: the loader has to write it there. */
__asm__(".pushsection .text\n.balign 8\n.quad radius_plugin_v1\n.popsection\n");
#endif
#ifdef STATIC_TLS
static __thread int of_this_thread __attribute__((tls_model("initial-exec")));
#endif

struct bad {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
};

#if defined LOAD_HANGS || defined CREATE_HANGS || defined START_HANGS || defined STOP_HANGS || \
    defined DESTROY_HANGS || defined UNLOAD_HANGS
static void hang(void) {
  for (;;) pause();
}
#endif
#ifdef LOAD_HANGS
__attribute__((constructor)) static void hang_while_loaded(void) { hang(); }
#endif
#ifdef UNLOAD_HANGS
__attribute__((destructor)) static void hang_while_unloaded(void) { hang(); }
#endif

#if defined CREATE_FAILS || defined START_FAILS || defined THREAD_START_FAILS
static void explain(const struct bad* bad) {
  static const char why[] = "the moon is full";
  const radius_text_t text = {why, sizeof why - 1};
  bad->host->log->explain(bad->instance, text);
}
#endif

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  static struct bad bad;
  bad.host = host;
  bad.instance = instance;
  *self = &bad;
#ifdef CREATE_HANGS
  hang();
#endif
#ifdef LEAVES_LISTS
  radius_list_t* list = NULL;
  for (int i = 0; i < 3; ++i) host->lists->create_list(instance, &list);
  host->lists->destroy_list(list);
#endif
#ifdef CREATE_FAILS
  explain(&bad);
  return RADIUS_ERR_IO;
#elif defined CREATE_FAILS_SILENTLY
  return RADIUS_ERR_IO;
#else
  return RADIUS_OK;
#endif
}

#ifndef NO_DESTROY
static void destroy(void* self) {
  (void)self;
#ifdef DESTROY_HANGS
  hang();
#endif
}
#endif

#if defined STARTS_LATER || defined START_FAILS || defined START_HANGS
static radius_status_t start(void* self) {
  (void)self;
#ifdef START_HANGS
  hang();
  return RADIUS_OK;
#elif defined START_FAILS
  explain(self);
  return RADIUS_ERR_IO;
#else
  return RADIUS_STARTING;
#endif
}
#endif

#ifdef STOP_HANGS
static void stop(void* self) {
  (void)self;
  hang();
}
#endif

#ifdef THREAD_START_FAILS
static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  (void)thread;
  (void)thread_self;
  explain(self);
  return RADIUS_ERR_LIMIT;
}
#endif

#ifdef LEAVES_TIMERS
static void say(const struct bad* bad, const char* what) {
  const radius_text_t text = {what, strlen(what)};
  bad->host->log->write(bad->instance, RADIUS_INFO, text);
}
static radius_thread_t* last_thread;
/* Does it again, which is in vain. */
static void expired(void* data, radius_timer_t timer, radius_status_t status) {
  const struct bad* bad = data;
  (void)timer;
  if (status == RADIUS_ERR_GONE) say(bad, "a timer is gone");
  if (bad->host->timers->start(last_thread, 1, expired, data, NULL) != RADIUS_ERR_STATE) say(bad, "a timer is begun");
}
static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  const struct bad* bad = self;
  (void)thread_self;
  last_thread = thread;
  bad->host->timers->start(thread, 1000000, expired, self, NULL);
  return bad->host->timers->start(thread, 1000000, expired, self, NULL);
}
static void thread_stop(void* self, void* thread_self) {
  const struct bad* bad = self;
  (void)thread_self;
  say(bad, "the thread ends");
  expired(self, 0, RADIUS_OK);
}
#endif

#ifndef NO_HANDLERS
static radius_verdict_t handle_access(void* self, void* thread_self, radius_request_t* request) {
  const struct bad* bad = self;
  (void)thread_self;
#ifdef STATIC_TLS
  ++of_this_thread;
#endif
#ifdef KEEPS_TOKEN
  /* Pinned, and never let go. */
  bad->host->tokens->acquire(bad->instance, bad->host->tokens->token(request));
  return RADIUS_PENDING;
#else
  (void)bad;
  (void)request;
  return RADIUS_ACCEPT;
#endif
}
#endif

#ifdef NO_ENTRY
RADIUS_EXPORT const radius_plugin_v1_t* radius_plugin_v2(void);
const radius_plugin_v1_t* radius_plugin_v2(void) {
#else
const radius_plugin_v1_t* radius_plugin_v1(void) {
#endif
  static const radius_plugin_v1_t descriptor = {
#ifdef SHORT_DESCRIPTOR
    .size = 16,
#else
    .size = sizeof descriptor,
#endif
#ifdef NEWER_DESCRIPTOR
    .least_host_minor = 999,
#endif
#ifdef UNKNOWN_THREADING
    .threading = 3,
#endif
#ifndef NO_DESTROY
    .destroy = destroy,
#endif
#if defined STARTS_LATER || defined START_FAILS || defined START_HANGS
    .start = start,
#endif
#ifdef STOP_HANGS
    .stop = stop,
#endif
#if defined THREAD_START_FAILS || defined LEAVES_TIMERS
    .thread_start = thread_start,
#endif
#ifdef LEAVES_TIMERS
    .thread_stop = thread_stop,
#endif
#ifndef NO_HANDLERS
    .handle_access = handle_access,
#endif
    .create = create,
  };
  return &descriptor;
}
