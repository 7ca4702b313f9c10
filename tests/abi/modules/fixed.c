/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same verdict for every request, and a reply made beforehand:
 *
 *   [plugin.fixed.config]
 *   verdict = "accept"            # accept | reject
 *   message = "hello"
 */
#include <radius/plugin.h>
#include <stdlib.h>
#include <string.h>

struct fixed {
  const radius_host_v1_t* host;
  radius_verdict_t verdict;
  radius_prebuilt_t* reply;
};

static radius_text_t text(const char* terminated) {
  const radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static int equals(radius_text_t a, const char* b) { return a.length == strlen(b) && memcmp(a.data, b, strlen(b)) == 0; }

static radius_status_t read_verdict(struct fixed* fixed, radius_instance_t* instance) {
  radius_text_t verdict = text("accept");
  fixed->host->config->text(instance, text("verdict"), &verdict);
  fixed->verdict = equals(verdict, "accept") ? RADIUS_ACCEPT : RADIUS_REJECT;
  if (equals(verdict, "accept") || equals(verdict, "reject")) return RADIUS_OK;
  fixed->host->config->reject(instance, text("verdict"), text("it is neither accept nor reject"));
  return RADIUS_ERR_CONFIG;
}

static radius_status_t prebuild(struct fixed* fixed, radius_instance_t* instance) {
  const radius_lists_v1_t* lists = fixed->host->lists;
  radius_text_t message = text("hello");
  radius_list_t* list = NULL;
  fixed->host->config->text(instance, text("message"), &message);
  radius_status_t status = lists->create_list(instance, &list);
  if (status != RADIUS_OK) return status;
  status = lists->add_named(list, text("Reply-Message"), message);
  if (status == RADIUS_OK) status = lists->prebuild(instance, list, &fixed->reply);
  lists->destroy_list(list);
  return status;
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  struct fixed* fixed = calloc(1, sizeof *fixed);
  if (fixed == NULL) return RADIUS_ERR_MEMORY;
  fixed->host = host;
  radius_status_t status = read_verdict(fixed, instance);
  if (status == RADIUS_OK) status = prebuild(fixed, instance);
  if (status == RADIUS_OK) *self = fixed;
  else free(fixed);
  return status;
}

static void destroy(void* self) { free(self); }

static radius_verdict_t handle(void* self, void* thread_self, radius_request_t* request) {
  const struct fixed* fixed = self;
  (void)thread_self;
  radius_list_t* reply = fixed->host->requests->list(request, RADIUS_LIST_REPLY);
  const radius_status_t status = fixed->host->lists->append_prebuilt(reply, fixed->reply);
  return status == RADIUS_OK ? fixed->verdict : status;
}

#define ID "org.radhost.test.abi.fixed"
#define VERSION "1.0.0"

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .abi_minor = RADIUS_PLUGIN_ABI_MINOR,
      .id = {ID, sizeof ID - 1},
      .version = {VERSION, sizeof VERSION - 1},
      .create = create,
      .destroy = destroy,
      .handle_access = handle,
      .handle_accounting = handle,
      .handle_coa = handle,
      .handle_disconnect = handle,
  };
  return &descriptor;
}
