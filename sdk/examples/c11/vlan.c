/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts each user into the VLAN of the wireless network that was called.
 *
 *   [plugin.vlan.config]
 *   unknown = "reject"            # reject | pass: what happens on a network that is not listed
 *   [plugin.vlan.config.networks]
 *   office = 10
 *   guests = 20
 *
 * An access point sends `Called-Station-Id = 00-10-A4-23-19-C0:office` (RFC 3580 §3.20). What stands after the last
 * colon is looked up here. The handlers after this one decide whether the user may come in at all.
 */
#include <radius/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  VLAN_MIN = 1,
  VLAN_MAX = 4094
};

/* A network, and what a user gets there: a list that was made beforehand. */
struct network {
  char* name;
  size_t length;
  radius_prebuilt_t* reply;
};

/* An instance: one [plugin.NAME] table. Nothing in it changes after `create`, so all workers may read it. */
struct vlan {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  radius_attr_t called_station_id;
  radius_verdict_t unknown;
  uint64_t count;
  struct network* networks;
};

static radius_text_t text(const char* terminated) {
  const radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static int equals(radius_text_t a, const char* b) { return a.length == strlen(b) && memcmp(a.data, b, strlen(b)) == 0; }

static void destroy(void* self) {
  struct vlan* vlan = self;
  for (uint64_t i = 0; i < vlan->count; ++i) free(vlan->networks[i].name);
  free(vlan->networks);
  free(vlan);
}

/* What the configuration says for `unknown`. The host names file, line and column with what it is told. */
static radius_status_t read_unknown(struct vlan* vlan) {
  const radius_config_v1_t* config = vlan->host->config;
  radius_text_t value = text("reject");
  const radius_status_t status = config->text(vlan->instance, text("unknown"), &value);
  if (status != RADIUS_OK && status != RADIUS_ERR_NOT_FOUND) return status;
  vlan->unknown = equals(value, "pass") ? RADIUS_PASS : RADIUS_REJECT;
  if (equals(value, "pass") || equals(value, "reject")) return RADIUS_OK;
  config->reject(vlan->instance, text("unknown"), text("it is neither \"reject\" nor \"pass\""));
  return RADIUS_ERR_CONFIG;
}

/* Makes the list that says `number` (RFC 3580 §3.31). */
static radius_status_t prebuild(struct vlan* vlan, int64_t number, radius_prebuilt_t** reply) {
  const radius_lists_v1_t* lists = vlan->host->lists;
  char digits[24];
  radius_list_t* list = NULL;
  snprintf(digits, sizeof digits, "%lld", (long long)number);
  radius_status_t status = lists->create_list(vlan->instance, &list);
  if (status != RADIUS_OK) return status;
  status = lists->add_named(list, text("Tunnel-Type"), text("VLAN"));
  if (status == RADIUS_OK) status = lists->add_named(list, text("Tunnel-Medium-Type"), text("IEEE-802"));
  if (status == RADIUS_OK) status = lists->add_named(list, text("Tunnel-Private-Group-Id"), text(digits));
  if (status == RADIUS_OK) status = lists->prebuild(vlan->instance, list, reply);
  lists->destroy_list(list);
  return status;
}

/* Reads `networks."NAME"`, the member number `index` of the table. */
static radius_status_t read_network(struct vlan* vlan, uint64_t index) {
  const radius_config_v1_t* config = vlan->host->config;
  struct network* network = &vlan->networks[index];
  radius_text_t name;
  int64_t number = 0;
  radius_status_t status = config->member(vlan->instance, text("networks"), index, &name);
  if (status != RADIUS_OK) return status;
  network->length = (size_t)name.length;
  network->name = malloc(network->length + 1); /* malloc(0) may give NULL */
  const size_t key_size = network->length + sizeof "networks.\"\"";
  char* key = malloc(key_size);
  if (network->name != NULL && key != NULL) {
    memcpy(network->name, name.data, network->length);
    snprintf(key, key_size, "networks.\"%.*s\"", (int)name.length, name.data);
    status = config->integer(vlan->instance, text(key), &number);
    if (status == RADIUS_OK && (number < VLAN_MIN || number > VLAN_MAX)) {
      config->reject(vlan->instance, text(key), text("a VLAN is a number from 1 to 4094"));
      status = RADIUS_ERR_CONFIG;
    }
  } else {
    status = RADIUS_ERR_MEMORY;
  }
  free(key);
  return status == RADIUS_OK ? prebuild(vlan, number, &network->reply) : status;
}

static radius_status_t read_networks(struct vlan* vlan) {
  const uint64_t count = vlan->host->config->count(vlan->instance, text("networks"));
  if (count == 0) {
    vlan->host->log->explain(vlan->instance, text("[networks] is missing or empty"));
    return RADIUS_ERR_CONFIG;
  }
  vlan->networks = calloc((size_t)count, sizeof *vlan->networks);
  if (vlan->networks == NULL) return RADIUS_ERR_MEMORY;
  vlan->count = count;
  radius_status_t status = RADIUS_OK;
  for (uint64_t i = 0; i < count; ++i) {
    const radius_status_t one = read_network(vlan, i); /* all mistakes are told, not the first alone */
    if (one != RADIUS_OK) status = one;
  }
  return status;
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  struct vlan* vlan = calloc(1, sizeof *vlan);
  if (vlan == NULL) return RADIUS_ERR_MEMORY;
  vlan->host = host;
  vlan->instance = instance;
  radius_status_t status = host->dictionary->resolve(instance, text("Called-Station-Id"), &vlan->called_station_id);
  if (status == RADIUS_OK) status = read_unknown(vlan);
  if (status == RADIUS_OK) status = read_networks(vlan);
  if (status == RADIUS_OK) *self = vlan;
  else destroy(vlan);
  return status;
}

/* The network that was called; NULL when it is not listed. */
static const struct network* find_network(const struct vlan* vlan, const radius_view_t* called) {
  uint32_t begin = called->length;
  while (begin > 0 && called->data[begin - 1] != ':') --begin;
  if (begin == 0) return NULL; /* no colon, so no network */
  const size_t length = called->length - begin;
  for (uint64_t i = 0; i < vlan->count; ++i) {
    const struct network* network = &vlan->networks[i];
    if (network->length == length && memcmp(network->name, called->data + begin, length) == 0) return network;
  }
  return NULL;
}

/* Runs on several workers at once. Whatever it does not decide, the next handler of the chain does. */
static radius_verdict_t handle_access(void* self, void* thread_self, radius_request_t* request) {
  const struct vlan* vlan = self;
  const radius_lists_v1_t* lists = vlan->host->lists;
  const radius_list_t* received = vlan->host->requests->list(request, RADIUS_LIST_REQUEST);
  radius_list_t* reply = vlan->host->requests->list(request, RADIUS_LIST_REPLY);
  radius_view_t called;
  (void)thread_self;
  if (lists->find(received, vlan->called_station_id, &called) != RADIUS_OK) return vlan->unknown;
  const struct network* network = find_network(vlan, &called);
  if (network == NULL) return vlan->unknown;
  const radius_status_t status = lists->append_prebuilt(reply, network->reply);
  return status == RADIUS_OK ? RADIUS_PASS : status;
}

#define ID "org.example.vlan"
#define VERSION "1.0.0"
#define DESCRIPTION "puts users into the VLAN of their network"

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
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
