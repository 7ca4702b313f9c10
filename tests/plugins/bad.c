/* SPDX-License-Identifier: Apache-2.0 */
/* Modules with one fault each, which is chosen by a definition. */
#include <radius/plugin.h>

#ifdef WRONG_MAJOR
#undef RADIUS_PLUGIN_ABI_MAJOR
#define RADIUS_PLUGIN_ABI_MAJOR 2
#endif
#ifdef NEWER_MINOR
RADIUS_NOTE("org.radhost.test.bad", "1", 999);
#else
RADIUS_NOTE("org.radhost.test.bad", "1", 0);
#endif

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  static int nothing;
  *self = &nothing;
#ifdef CREATE_FAILS
  static const char why[] = "the moon is full";
  const radius_text_t text = {why, sizeof why - 1};
  host->log->explain(instance, text);
  return RADIUS_ERR_IO;
#else
  (void)host;
  (void)instance;
  return RADIUS_OK;
#endif
}

#ifndef NO_DESTROY
static void destroy(void* self) { (void)self; }
#endif

#ifdef STARTS_LATER
static radius_status_t start(void* self) {
  (void)self;
  return RADIUS_STARTING;
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
#ifdef BLOCKING
      .threading = RADIUS_THREADING_BLOCKING,
#endif
#ifndef NO_DESTROY
      .destroy = destroy,
#endif
#ifdef STARTS_LATER
      .start = start,
#endif
      .create = create,
  };
  return &descriptor;
}
