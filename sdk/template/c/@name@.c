/*
 * Greets the users that it knows, and rejects all others. Its table in the configuration:
 *
 *     [plugin.@name@.config]
 *     allow = ["bob"]
 *     greeting = "Hello"
 */
#include <radius/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "org.example.@name@"
#define VERSION "0.1.0"
#define DESCRIPTION "greets the users that it knows"

/* A reply holds no more. */
enum { OCTETS_MAX = 253 };

/* All of it is made in create and only read afterwards, so that all threads share it. */
struct @identifier@_plugin {
  const radius_host_v1_t *host;
  radius_attr_t user_name;
  radius_attr_t reply_message;
  char *greeting;
  char **allowed;
  uint64_t allowed_count;
};

static radius_text_t text(const char *string) {
  const radius_text_t result = {string, strlen(string)};
  return result;
}

/* What the host gives is gone when create returns. */
static char *copy_of(radius_text_t from) {
  char *copy = malloc((size_t)from.length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, from.data, (size_t)from.length);
  copy[from.length] = '\0';
  return copy;
}

static void destroy(void *data) {
  struct @identifier@_plugin *self = data;
  for (uint64_t i = 0; i < self->allowed_count; ++i) free(self->allowed[i]);
  free(self->allowed);
  free(self->greeting);
  free(self);
}

static radius_status_t read_greeting(struct @identifier@_plugin *self, radius_instance_t *instance) {
  radius_text_t greeting = text("Hello");
  const radius_status_t status = self->host->config->text(instance, text("greeting"), &greeting);
  if (status != RADIUS_OK && status != RADIUS_ERR_NOT_FOUND) return status;
  self->greeting = copy_of(greeting);
  return self->greeting == NULL ? RADIUS_ERR_MEMORY : RADIUS_OK;
}

static radius_status_t read_allowed(struct @identifier@_plugin *self, radius_instance_t *instance) {
  const radius_config_v1_t *config = self->host->config;
  const uint64_t count = config->count(instance, text("allow"));
  self->allowed = calloc((size_t)count + 1, sizeof *self->allowed);
  if (self->allowed == NULL) return RADIUS_ERR_MEMORY;
  for (uint64_t i = 0; i < count; ++i) {
    char key[32];
    radius_text_t user;
    snprintf(key, sizeof key, "allow[%llu]", (unsigned long long)i);
    const radius_status_t status = config->text(instance, text(key), &user);
    if (status != RADIUS_OK) return status; /* the host has said what is wrong, and where */
    self->allowed[i] = copy_of(user);
    if (self->allowed[i] == NULL) return RADIUS_ERR_MEMORY;
    self->allowed_count = i + 1;
  }
  return RADIUS_OK;
}

/* Once, before anything is served: reads the configuration, and looks names up in the dictionary. */
static radius_status_t create(const radius_host_v1_t *host, radius_instance_t *instance, void **result) {
  struct @identifier@_plugin *self = calloc(1, sizeof *self);
  if (self == NULL) return RADIUS_ERR_MEMORY;
  self->host = host;
  radius_status_t status = host->dictionary->resolve(instance, text("User-Name"), &self->user_name);
  if (status == RADIUS_OK) status = host->dictionary->resolve(instance, text("Reply-Message"), &self->reply_message);
  if (status == RADIUS_OK) status = read_greeting(self, instance);
  if (status == RADIUS_OK) status = read_allowed(self, instance);
  if (status != RADIUS_OK) {
    destroy(self);
    return status;
  }
  *result = self;
  return RADIUS_OK;
}

static int is_allowed(const struct @identifier@_plugin *self, const radius_view_t *user) {
  for (uint64_t i = 0; i < self->allowed_count; ++i) {
    const char *name = self->allowed[i];
    if (strlen(name) == user->length && memcmp(name, user->data, user->length) == 0) return 1;
  }
  return 0;
}

/* For each Access-Request, on several threads at once: it must not block. */
static radius_verdict_t handle_access(void *data, void *thread_data, radius_request_t *request) {
  const struct @identifier@_plugin *self = data;
  const radius_requests_v1_t *requests = self->host->requests;
  const radius_lists_v1_t *lists = self->host->lists;
  radius_view_t user;
  (void)thread_data;

  if (lists->find(requests->list(request, RADIUS_LIST_REQUEST), self->user_name, &user) != RADIUS_OK)
    return RADIUS_PASS;
  /* A name proves nothing: this is where your own check goes. */
  if (!is_allowed(self, &user)) return RADIUS_REJECT;

  char message[OCTETS_MAX + 1];
  snprintf(message, sizeof message, "%s, %.*s", self->greeting, (int)user.length, (const char *)user.data);
  const radius_status_t status =
      lists->add_octets(requests->list(request, RADIUS_LIST_REPLY), self->reply_message, RADIUS_NO_TAG,
                        (const uint8_t *)message, strlen(message));
  return status == RADIUS_OK ? RADIUS_ACCEPT : status;
}

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t *radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .abi_minor = RADIUS_PLUGIN_ABI_MINOR,
      .id = {ID, sizeof ID - 1},
      .version = {VERSION, sizeof VERSION - 1},
      .description = {DESCRIPTION, sizeof DESCRIPTION - 1},
      .create = create,
      .destroy = destroy,
      .handle_access = handle_access,
  };
  return &descriptor;
}
