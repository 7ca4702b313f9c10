/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what it must not keep, uses it when its request is over, and logs what it meets. */
#include <radius/plugin.h>
#include <stdio.h>
#include <string.h>

RADIUS_NOTE("org.radhost.test.keeper", "1.0.0", 0);

static struct keeper {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  radius_attr_t user_name, user_password;
  radius_prebuilt_t* prebuilt;
  radius_list_t* own;
  radius_request_t* request;
  radius_list_t* list;
  radius_view_t password;
} keeper;

static radius_text_t text(const char* terminated) {
  const radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static void say(const char* what, int32_t value) {
  char line[64];
  snprintf(line, sizeof line, "%s %d", what, (int)value);
  keeper.host->log->write(keeper.instance, RADIUS_INFO, text(line));
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  const radius_lists_v1_t* lists = host->lists;
  keeper.host = host;
  keeper.instance = instance;
  *self = &keeper;
  radius_status_t status = host->dictionary->resolve(instance, text("User-Name"), &keeper.user_name);
  if (status == RADIUS_OK) status = host->dictionary->resolve(instance, text("User-Password"), &keeper.user_password);
  if (status == RADIUS_OK) status = lists->create_list(instance, &keeper.own);
  if (status == RADIUS_OK) status = lists->prebuild(instance, keeper.own, &keeper.prebuilt);
  return status == RADIUS_OK ? lists->destroy_prebuilt(instance, keeper.prebuilt) : status;
}

static void destroy(void* self) {
  (void)self;
  keeper.host->lists->destroy_list(keeper.own);
}

static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  (void)self;
  *thread_self = thread;
  return RADIUS_OK;
}

static void use(const char* when) {
  const radius_host_v1_t* host = keeper.host;
  radius_request_info_t info = {.size = sizeof info};
  radius_view_t view;
  say(when, 0);
  say("info", host->requests->info(keeper.request, &info));
  say("list", host->requests->list(keeper.request, RADIUS_LIST_REPLY) != NULL);
  say("find", host->lists->find(keeper.list, keeper.user_name, &view));
}

static void use_later(void* data, radius_timer_t timer, radius_status_t status) {
  (void)data;
  (void)timer;
  if (status != RADIUS_OK) return;
#ifdef WITH_GUARDS
  uint32_t poisoned = 0;
  use("used later");
  say("prebuilt", keeper.host->lists->append_prebuilt(keeper.own, keeper.prebuilt));
  for (uint32_t i = 0; i < keeper.password.length; ++i) poisoned += keeper.password.data[i] == 0xdd;
  say("poisoned", keeper.password.length > 0 && poisoned == keeper.password.length);
#endif
  say("done", 0);
}

static radius_verdict_t handle_access(void* self, void* thread_self, radius_request_t* request) {
  (void)self;
  radius_timer_t timer = 0;
  keeper.request = request;
  keeper.list = keeper.host->requests->list(request, RADIUS_LIST_REQUEST);
  if (keeper.host->lists->find(keeper.list, keeper.user_password, &keeper.password) != RADIUS_OK) return RADIUS_REJECT;
  use("used in time");
  const radius_status_t status = keeper.host->timers->start(thread_self, 100, use_later, NULL, &timer);
  return status == RADIUS_OK ? (radius_verdict_t)RADIUS_ACCEPT : status;
}

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {.size = sizeof descriptor,
                                                .create = create,
                                                .destroy = destroy,
                                                .thread_start = thread_start,
                                                .handle_access = handle_access};
  return &descriptor;
}
