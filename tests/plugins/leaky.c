/* SPDX-License-Identifier: Apache-2.0 */
/* Modules that leave something behind when they end, or end the process, or hold it up: which, a definition chooses.
   LEAVES_NOTHING does all that leaves nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <radius/plugin.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

RADIUS_NOTE("org.radhost.test.leaky", "1", 0);

struct leaky {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
};

#if defined HANDLER_HANGS || defined THREAD_STOP_HANGS
static void hang(void) {
  for (;;) pause();
}
#endif

#if defined LEAVES_THREAD || defined LEAVES_NOTHING
#ifdef WAIT
int WAIT(void);
#else
#define WAIT pause
#endif
static _Atomic int waits;
static void* wait_for_ever(void* nothing) {
  waits = 1;
  for (;;) WAIT();
  return nothing;
}
#endif

#if defined LEAVES_SIGNAL_HANDLER || defined LEAVES_NOTHING
static void handle_signal(int number) { (void)number; }
#endif

#if defined CRASHES_IN_CREATE || defined CRASHES_IN_HANDLER
static void crash(void) { raise(SIGSEGV); }
#endif

/* Where a thing is left, it is left here. */
static void leave(void) {
#if defined LEAVES_THREAD || defined LEAVES_NOTHING
  pthread_t thread;
  if (pthread_create(&thread, NULL, wait_for_ever, NULL) != 0) abort();
  /* It is in a call of the system's, and needs no code of the module's any more. */
  while (!waits) usleep(1000);
  usleep(20000);
#ifdef LEAVES_NOTHING
  pthread_cancel(thread);
  pthread_join(thread, NULL);
#endif
#endif
#if defined LEAVES_DESCRIPTOR || defined LEAVES_NOTHING
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
#ifdef LEAVES_NOTHING
  close(fd);
#endif
  (void)fd;
#endif
#if defined LEAVES_MEMORY || defined LEAVES_NOTHING
  char* volatile memory = malloc(1000);
  if (memory != NULL) memory[0] = 1;
#ifdef LEAVES_NOTHING
  free(memory);
#endif
#endif
#if defined LEAVES_MAPPING || defined LEAVES_NOTHING
  /* Of pages that differ in what they allow, so that the system does not make them one. */
  char* pages = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages, 4096, PROT_NONE);
#ifdef LEAVES_NOTHING
  munmap(pages, 8192);
#endif
#endif
#if defined LEAVES_SIGNAL_HANDLER || defined LEAVES_NOTHING
  struct sigaction action, before;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle_signal;
  sigaction(SIGUSR2, &action, &before);
#ifdef LEAVES_NOTHING
  sigaction(SIGUSR2, &before, NULL);
#endif
#endif
#ifdef LEAVES_ITSELF
  /* Somebody goes on using it. */
  Dl_info info;
  static const char here = 0;
  if (dladdr(&here, &info) != 0) dlopen(info.dli_fname, RTLD_NOW);
#endif
#ifdef GROWS_ONCE
  /* What is kept from the first time on does not grow: the process's environment is such a place. */
  setenv("RADHOST_TEST_GROWS_ONCE", "1", 1);
#endif
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  struct leaky* made = calloc(1, sizeof *made);
  if (made == NULL) return RADIUS_ERR_MEMORY;
  made->host = host;
  made->instance = instance;
#ifdef CRASHES_IN_CREATE
  crash();
#endif
#ifdef WANTS_CONFIGURATION
  static const char key[] = "path";
  static const char why[] = "the key \"path\" is needed";
  radius_text_t path;
  const radius_text_t wanted = {key, sizeof key - 1};
  const radius_text_t reason = {why, sizeof why - 1};
  if (host->config->text(instance, wanted, &path) != RADIUS_OK) {
    host->log->explain(instance, reason);
    free(made);
    return RADIUS_ERR_CONFIG;
  }
#endif
  leave();
  *self = made;
  return RADIUS_OK;
}

static void destroy(void* self) { free(self); }

static radius_status_t start(void* self) {
  (void)self;
#ifdef EXITS_IN_START
  exit(0);
#endif
  return RADIUS_OK;
}

static void stop(void* self) {
  (void)self;
#ifdef ABORTS_IN_STOP
  abort();
#endif
}

static void thread_stop(void* self, void* thread_self) {
  (void)self;
  (void)thread_self;
#ifdef THREAD_STOP_HANGS
  hang();
#endif
}

static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  (void)self;
  (void)thread;
  *thread_self = NULL;
  return RADIUS_OK;
}

static radius_verdict_t handle(void* self, void* thread_self, radius_request_t* request) {
  (void)self;
  (void)thread_self;
  (void)request;
#ifdef CRASHES_IN_HANDLER
  crash();
#endif
#ifdef EXITS_IN_HANDLER
  _exit(3);
#endif
#ifdef HANDLER_HANGS
  hang();
#endif
  return RADIUS_ACCEPT;
}

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
#ifdef THREADING
      .threading = THREADING,
#endif
      .create = create,
      .destroy = destroy,
      .start = start,
      .stop = stop,
      .thread_start = thread_start,
      .thread_stop = thread_stop,
      .handle_access = handle,
      .handle_accounting = handle,
      .handle_coa = handle,
      .handle_disconnect = handle,
  };
  return &descriptor;
}
