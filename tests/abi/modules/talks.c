/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation of two rounds: asks for the user's name spelt backwards, and compares it with the password of the
   second round. */
#include <radius/plugin.h>
#include <stdlib.h>
#include <string.h>

struct talks {
  const radius_host_v1_t* host;
  radius_attr_t user_name, password;
};

/* What the first round leaves for the second. */
struct expected {
  uint32_t length;
  uint8_t octets[64];
};

static radius_text_t text(const char* terminated) {
  const radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  struct talks* talks = calloc(1, sizeof *talks);
  if (talks == NULL) return RADIUS_ERR_MEMORY;
  talks->host = host;
  radius_status_t status = host->dictionary->resolve(instance, text("User-Name"), &talks->user_name);
  if (status == RADIUS_OK) status = host->dictionary->resolve(instance, text("User-Password"), &talks->password);
  if (status == RADIUS_OK) *self = talks;
  else free(talks);
  return status;
}

static void destroy(void* self) { free(self); }

static radius_verdict_t ask(const struct talks* talks, radius_request_t* request) {
  radius_view_t name;
  const radius_list_t* received = talks->host->requests->list(request, RADIUS_LIST_REQUEST);
  radius_list_t* reply = talks->host->requests->list(request, RADIUS_LIST_REPLY);
  if (talks->host->lists->find(received, talks->user_name, &name) != RADIUS_OK) return RADIUS_REJECT;
  struct expected* expected = calloc(1, sizeof *expected);
  if (expected == NULL) return RADIUS_ERR_MEMORY;
  if (name.length > sizeof expected->octets) name.length = sizeof expected->octets;
  expected->length = name.length;
  for (uint32_t i = 0; i < name.length; ++i) expected->octets[i] = name.data[name.length - 1 - i];
  radius_status_t status = talks->host->lists->add_named(reply, text("Reply-Message"), text("backwards?"));
  if (status == RADIUS_OK) status = talks->host->conversations->set_data(request, expected, free);
  if (status == RADIUS_OK) return RADIUS_CHALLENGE;
  free(expected);
  return status;
}

static radius_verdict_t handle(void* self, void* thread_self, radius_request_t* request) {
  const struct talks* talks = self;
  const radius_conversations_v1_t* conversations = talks->host->conversations;
  (void)thread_self;
  if (conversations->round(request) == 0) return ask(talks, request);
  const struct expected* expected = conversations->data(request);
  radius_view_t password;
  const radius_list_t* received = talks->host->requests->list(request, RADIUS_LIST_REQUEST);
  if (expected == NULL || conversations->round(request) != 1) return RADIUS_ERR_STATE;
  if (talks->host->lists->find(received, talks->password, &password) != RADIUS_OK) return RADIUS_REJECT;
  const int fits = (password.flags & RADIUS_VIEW_SENSITIVE) != 0 && password.length == expected->length &&
                   memcmp(password.data, expected->octets, password.length) == 0;
  return fits ? RADIUS_ACCEPT : RADIUS_REJECT;
}

#define ID "org.radhost.test.abi.talks"
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
  };
  return &descriptor;
}
