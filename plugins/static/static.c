/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fixed verdict and a fixed reply, for every kind of request:
 *
 *   [plugin.yes.config]
 *   verdict = "accept"
 *   reply = { "Reply-Message" = "hello" }
 */
#include <radius/plugin.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One instance: all of it is made in create and only read afterwards, so the workers share it as it is. */
struct static_plugin {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  radius_verdict_t verdict;
  radius_prebuilt_t* reply; /* the host ends it with the instance */
};

static radius_text_t text(const char* string) {
  const radius_text_t result = {string, strlen(string)};
  return result;
}

/* A key of the configuration, or a message about one. */
struct line {
  char octets[512];
};

__attribute__((format(printf, 2, 3))) static radius_text_t print(struct line* line, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line->octets, sizeof line->octets, format, arguments);
  va_end(arguments);
  return text(line->octets);
}

static radius_status_t read_verdict(struct static_plugin* self) {
  static const struct {
    const char* word;
    radius_verdict_t verdict;
  } words[] = {{"accept", RADIUS_ACCEPT},
               {"reject", RADIUS_REJECT},
               {"challenge", RADIUS_CHALLENGE},
               {"drop", RADIUS_DROP},
               {"pass", RADIUS_PASS}};
  const radius_config_v1_t* config = self->host->config;

  radius_text_t word = text("accept");
  const radius_status_t status = config->text(self->instance, text("verdict"), &word);
  if (status != RADIUS_OK && status != RADIUS_ERR_NOT_FOUND) return RADIUS_ERR_CONFIG;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; ++i) {
    if (word.length == strlen(words[i].word) && memcmp(word.data, words[i].word, word.length) == 0) {
      self->verdict = words[i].verdict;
      return RADIUS_OK;
    }
  }
  config->reject(self->instance, text("verdict"), text("must be accept, reject, challenge, drop or pass"));
  return RADIUS_ERR_CONFIG;
}

/* What to say of a name that the dictionary does not have. */
static void print_unknown(const struct static_plugin* self, struct line* message, radius_text_t name) {
  radius_text_t nearest;
  if (self->host->dictionary->suggest(self->instance, name, &nearest) == RADIUS_OK) {
    print(message, "the dictionary has no attribute \"%.*s\"; did you mean \"%.*s\"?", (int)name.length, name.data,
          (int)nearest.length, nearest.data);
  } else {
    print(message, "the dictionary has no attribute \"%.*s\"", (int)name.length, name.data);
  }
}

/* Adds the value at `key`, text or an integer, to the list; what does not fit is reported at that key. */
static radius_status_t add_value(struct static_plugin* self, radius_list_t* list, radius_text_t name,
                                 radius_text_t key) {
  const radius_config_v1_t* config = self->host->config;
  struct line digits;
  radius_text_t value;
  radius_status_t status;

  switch (config->type_of(self->instance, key)) {
    case RADIUS_CONFIG_TEXT: status = config->text(self->instance, key, &value); break;
    case RADIUS_CONFIG_INTEGER: {
      int64_t integer = 0;
      status = config->integer(self->instance, key, &integer);
      value = print(&digits, "%lld", (long long)integer);
      break;
    }
    default:
      config->reject(self->instance, key, text("must be text or an integer, or an array of these"));
      return RADIUS_ERR_CONFIG;
  }
  if (status == RADIUS_OK) status = self->host->lists->add_named(list, name, value);
  if (status == RADIUS_OK) return RADIUS_OK;

  struct line message;
  if (status == RADIUS_ERR_NOT_FOUND) {
    print_unknown(self, &message, name);
  } else if (status == RADIUS_ERR_HOST_OWNED) {
    print(&message, "%.*s is written by the server alone", (int)name.length, name.data);
  } else {
    print(&message, "\"%.*s\" is no value of %.*s", (int)value.length, value.data, (int)name.length, name.data);
  }
  config->reject(self->instance, key, text(message.octets));
  return RADIUS_ERR_CONFIG;
}

/* Internal attributes never leave the server, so no reply can hold one. */
static int is_internal(const struct static_plugin* self, radius_text_t name) {
  const radius_dictionary_v1_t* dictionary = self->host->dictionary;
  const char* colon = memchr(name.data, ':', name.length); /* a tag follows: Tunnel-Type:1 */
  if (colon != NULL) name.length = (uint64_t)(colon - name.data);

  radius_attr_t attr = 0;
  radius_attr_info_t info = {.size = sizeof info};
  return dictionary->resolve(self->instance, name, &attr) == RADIUS_OK &&
         dictionary->describe(self->instance, attr, &info) == RADIUS_OK && (info.flags & RADIUS_ATTR_INTERNAL) != 0;
}

/* Adds one member of the `reply` table: a value, or an array of values. */
static radius_status_t add_member(struct static_plugin* self, radius_list_t* list, radius_text_t name) {
  const radius_config_v1_t* config = self->host->config;
  struct line line;
  const radius_text_t key = print(&line, "reply.\"%.*s\"", (int)name.length, name.data);
  if (is_internal(self, name)) {
    config->reject(self->instance, key, text("this attribute never leaves the server"));
    return RADIUS_ERR_CONFIG;
  }
  if (config->type_of(self->instance, key) != RADIUS_CONFIG_ARRAY) return add_value(self, list, name, key);

  radius_status_t result = RADIUS_OK;
  const uint64_t count = config->count(self->instance, key);
  for (uint64_t i = 0; i < count; ++i) {
    struct line element;
    const radius_text_t path = print(&element, "%s[%llu]", line.octets, (unsigned long long)i);
    const radius_status_t status = add_value(self, list, name, path);
    if (status != RADIUS_OK) result = status;
  }
  return result;
}

/* Builds the reply once, so that a request costs one copy. All mistakes are reported before it fails. */
static radius_status_t read_reply(struct static_plugin* self) {
  const radius_config_v1_t* config = self->host->config;
  const radius_lists_v1_t* lists = self->host->lists;
  const radius_text_t table = text("reply");

  const radius_config_type_t type = config->type_of(self->instance, table);
  if (type == RADIUS_CONFIG_ABSENT) return RADIUS_OK;
  if (type != RADIUS_CONFIG_TABLE) {
    config->reject(self->instance, table, text("must be a table: { \"Reply-Message\" = \"hello\" }"));
    return RADIUS_ERR_CONFIG;
  }

  radius_list_t* list = NULL;
  radius_status_t result = lists->create_list(self->instance, &list);
  if (result != RADIUS_OK) return result;
  const uint64_t count = config->count(self->instance, table);
  for (uint64_t i = 0; i < count; ++i) {
    radius_text_t name;
    radius_status_t status = config->member(self->instance, table, i, &name);
    if (status == RADIUS_OK) status = add_member(self, list, name);
    if (status != RADIUS_OK) result = status;
  }
  if (result == RADIUS_OK) result = lists->prebuild(self->instance, list, &self->reply);
  lists->destroy_list(list);
  return result;
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** result) {
  struct static_plugin* self = calloc(1, sizeof *self);
  if (self == NULL) return RADIUS_ERR_MEMORY;
  self->host = host;
  self->instance = instance;

  const radius_status_t verdict = read_verdict(self);
  const radius_status_t reply = read_reply(self);
  if (verdict != RADIUS_OK || reply != RADIUS_OK) {
    free(self);
    return verdict != RADIUS_OK ? verdict : reply;
  }
  *result = self;
  return RADIUS_OK;
}

static void destroy(void* self) { free(self); }

static radius_verdict_t handle(void* data, void* thread_data, radius_request_t* request) {
  const struct static_plugin* self = data;
  (void)thread_data;
  if (self->reply == NULL) return self->verdict;
  radius_list_t* reply = self->host->requests->list(request, RADIUS_LIST_REPLY);
  const radius_status_t status = self->host->lists->append_prebuilt(reply, self->reply);
  return status == RADIUS_OK ? self->verdict : status;
}

#define ID "org.radhost.static"
#define VERSION "0.1.0"

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .abi_minor = RADIUS_PLUGIN_ABI_MINOR,
      .id = {ID, sizeof ID - 1},
      .version = {VERSION, sizeof VERSION - 1},
      .description = {"a fixed verdict and reply", sizeof "a fixed verdict and reply" - 1},
      .create = create,
      .destroy = destroy,
      .handle_access = handle,
      .handle_accounting = handle,
      .handle_coa = handle,
      .handle_disconnect = handle,
  };
  return &descriptor;
}
