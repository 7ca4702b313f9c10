/* SPDX-License-Identifier: Apache-2.0 */
/* Calls every function of every core table as a module of this version may, and accepts when all did what the headers
   promise; each failed expectation is a line in the log. It asks for what every later host must do, and for no more. */
#include <radius/plugin.h>
#include <stdlib.h>
#include <string.h>

struct tables {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  int failures;
  radius_attr_t user_name, session_timeout, framed_ip, framed_prefix, login_ipv6, ifid, cisco, cisco_avpair,
      tunnel_type;
  radius_prebuilt_t* prebuilt;
};

static radius_text_t text(const char* terminated) {
  const radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static int equals(radius_text_t a, const char* b) { return a.length == strlen(b) && memcmp(a.data, b, strlen(b)) == 0; }

static void expect(struct tables* tables, int holds, const char* what) {
  if (holds) return;
  ++tables->failures;
  tables->host->log->write(tables->instance, RADIUS_ERROR, text(what));
}
#define EXPECT(condition) expect(tables, (condition), #condition)

static void use_config(struct tables* tables) {
  const radius_config_v1_t* config = tables->host->config;
  radius_instance_t* instance = tables->instance;
  radius_text_t value = {NULL, 0};
  int64_t integer = 0;
  double real = 0;
  int32_t boolean = 0;
  EXPECT(config->type_of(instance, text("table")) == RADIUS_CONFIG_TABLE);
  EXPECT(config->text(instance, text("text"), &value) == RADIUS_OK && equals(value, "hello"));
  EXPECT(config->integer(instance, text("table.integer"), &integer) == RADIUS_OK && integer == 42);
  EXPECT(config->integer(instance, text("absent"), &integer) == RADIUS_ERR_NOT_FOUND && integer == 42);
  EXPECT(config->real(instance, text("real"), &real) == RADIUS_OK && real > 1.4 && real < 1.6);
  EXPECT(config->boolean(instance, text("boolean"), &boolean) == RADIUS_OK && boolean == 1);
  EXPECT(config->secret(instance, text("hidden"), &value) == RADIUS_OK && equals(value, "hush"));
  EXPECT(config->count(instance, text("list")) == 2);
  EXPECT(config->member(instance, text("table"), 0, &value) == RADIUS_OK && equals(value, "integer"));
  EXPECT(config->json(instance, text("list"), &value) == RADIUS_OK && equals(value, "[1,2]"));
  EXPECT(config->depend(instance, text("beside.txt"), &value) == RADIUS_OK && value.data[0] == '/');
  EXPECT(config->path(instance, text("file"), &value) == RADIUS_OK && value.data[0] == '/');
  if (config->type_of(instance, text("spoil")) == RADIUS_CONFIG_ABSENT) return;
  config->reject(instance, text("text"), text("told to reject it"));
  config->reject_at(instance, text("elsewhere"), 3, 4, text("told to reject it, elsewhere"));
  tables->host->log->explain(instance, text("told to fail"));
  ++tables->failures;
}

static void use_dictionary(struct tables* tables) {
  const radius_dictionary_v1_t* dictionary = tables->host->dictionary;
  radius_instance_t* instance = tables->instance;
  radius_attr_info_t info = {.size = sizeof info};
  radius_text_t name = {NULL, 0};
  uint64_t value = 0, length = 0;
  char printed[32];
  uint8_t octets[32];
  EXPECT(dictionary->describe(instance, tables->tunnel_type, &info) == RADIUS_OK && info.size == sizeof info);
  EXPECT(info.number == 64 && info.data_type == RADIUS_TYPE_UINT32 && info.flags == RADIUS_ATTR_TAGGED &&
         info.vendor == 0);
  EXPECT(equals(info.name, "Tunnel-Type"));
  EXPECT(dictionary->value_by_name(instance, tables->tunnel_type, text("VLAN"), &value) == RADIUS_OK && value == 13);
  EXPECT(dictionary->name_by_value(instance, tables->tunnel_type, 13, &name) == RADIUS_OK && equals(name, "VLAN"));
  length = sizeof octets;
  EXPECT(dictionary->parse(instance, tables->framed_ip, text("192.0.2.1"), octets, &length) == RADIUS_OK &&
         length == 4);
  length = sizeof printed;
  EXPECT(dictionary->print(instance, tables->framed_ip, octets, 4, printed, &length) == RADIUS_OK && length == 9 &&
         memcmp(printed, "192.0.2.1", 9) == 0);
  EXPECT(dictionary->suggest(instance, text("User-Nam"), &name) == RADIUS_OK && equals(name, "User-Name"));
}

static void use_system(struct tables* tables) {
  const radius_system_v1_t* system = tables->host->system;
  uint8_t random[16] = {0}, nothing[16] = {0};
  const uint64_t before_ns = system->monotonic_ns(tables->instance);
  EXPECT(before_ns > 0 && system->monotonic_ns(tables->instance) >= before_ns);
  EXPECT(system->wall_clock_us(tables->instance) > 1700000000000000);
  EXPECT(system->random(tables->instance, random, sizeof random) == RADIUS_OK &&
         memcmp(random, nothing, sizeof random) != 0);
}

static void use_own_lists(struct tables* tables) {
  const radius_lists_v1_t* lists = tables->host->lists;
  radius_prebuilt_t* other = NULL;
  radius_list_t* list = NULL;
  EXPECT(lists->create_list(tables->instance, &list) == RADIUS_OK);
  EXPECT(lists->add_named(list, text("Reply-Message"), text("every table")) == RADIUS_OK);
  EXPECT(lists->prebuild(tables->instance, list, &tables->prebuilt) == RADIUS_OK);
  EXPECT(lists->prebuild(tables->instance, list, &other) == RADIUS_OK);
  EXPECT(lists->destroy_prebuilt(tables->instance, other) == RADIUS_OK);
  lists->destroy_list(list);
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  struct tables* tables = calloc(1, sizeof *tables);
  if (tables == NULL) return RADIUS_ERR_MEMORY;
  tables->host = host;
  tables->instance = instance;
  const struct {
    const char* name;
    radius_attr_t* attr;
  } wanted[] = {{"User-Name", &tables->user_name},         {"Session-Timeout", &tables->session_timeout},
                {"Framed-IP-Address", &tables->framed_ip}, {"Framed-IPv6-Prefix", &tables->framed_prefix},
                {"Login-IPv6-Host", &tables->login_ipv6},  {"Framed-Interface-Id", &tables->ifid},
                {"Vendor-Specific.Cisco", &tables->cisco}, {"Cisco-AVPair", &tables->cisco_avpair},
                {"Tunnel-Type", &tables->tunnel_type}};
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; ++i)
    EXPECT(host->dictionary->resolve(instance, text(wanted[i].name), wanted[i].attr) == RADIUS_OK);
  EXPECT(host->size >= sizeof *host && host->name.length > 0 && host->version.length > 0);
  EXPECT(host->log->enabled(instance, RADIUS_ERROR) == 1);
  EXPECT(host->extension(instance, text("org.example.unheard-of/1")) == NULL);
  use_config(tables);
  use_dictionary(tables);
  use_system(tables);
  use_own_lists(tables);
  if (tables->failures == 0) {
    *self = tables;
    return RADIUS_OK;
  }
  free(tables);
  return RADIUS_ERR_CONFIG;
}

static void destroy(void* self) { free(self); }

/* Finishes later, which is as soon as it has begun. */
static radius_status_t start(void* self) {
  struct tables* tables = self;
  EXPECT(tables->host->started(tables->instance, RADIUS_OK) == RADIUS_OK);
  return RADIUS_STARTING;
}

static void stop(void* self) { (void)self; }

static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  struct tables* tables = self;
  *thread_self = thread;
  EXPECT(tables->host->thread_started(thread, RADIUS_OK) == RADIUS_OK);
  return RADIUS_STARTING;
}

static void thread_stop(void* self, void* thread_self) {
  (void)self;
  (void)thread_self;
}

static void write_reply(struct tables* tables, radius_list_t* reply) {
  const radius_lists_v1_t* lists = tables->host->lists;
  const uint8_t ipv4[16] = {192, 0, 2, 1}, ipv6[16] = {0x20, 0x01, 0x0d, 0xb8}, ifid[8] = {0, 0, 0, 0, 0, 0, 0, 1};
  const uint8_t pair[] = "shell:priv-lvl=15";
  uint64_t removed = 0;
  EXPECT(lists->add_integer(reply, tables->session_timeout, RADIUS_NO_TAG, 3600) == RADIUS_OK);
  EXPECT(lists->add_octets(reply, tables->user_name, RADIUS_NO_TAG, (const uint8_t*)"bob", 3) == RADIUS_OK);
  EXPECT(lists->add_ipv4(reply, tables->framed_ip, RADIUS_NO_TAG, ipv4) == RADIUS_OK);
  EXPECT(lists->add_ipv6(reply, tables->login_ipv6, RADIUS_NO_TAG, ipv6) == RADIUS_OK);
  EXPECT(lists->add_prefix(reply, tables->framed_prefix, RADIUS_NO_TAG, ipv6, 16, 32) == RADIUS_OK);
  EXPECT(lists->add_ifid(reply, tables->ifid, RADIUS_NO_TAG, ifid) == RADIUS_OK);
  EXPECT(lists->add_parsed(reply, tables->tunnel_type, 1, text("VLAN")) == RADIUS_OK);
  EXPECT(lists->add_named(reply, text("Tunnel-Type:2"), text("L2TP")) == RADIUS_OK);
  EXPECT(lists->append_prebuilt(reply, tables->prebuilt) == RADIUS_OK);
  EXPECT(lists->remove(reply, tables->user_name, &removed) == RADIUS_OK && removed == 1);
  EXPECT(lists->begin_group(reply, tables->cisco) == RADIUS_OK);
  EXPECT(lists->add_octets(reply, tables->cisco_avpair, RADIUS_NO_TAG, pair, sizeof pair - 1) == RADIUS_OK);
  EXPECT(lists->end_group(reply) == RADIUS_OK);
}

static void read_reply(struct tables* tables, const radius_list_t* reply) {
  const radius_lists_v1_t* lists = tables->host->lists;
  radius_view_t view, child;
  uint64_t number = 0;
  uint32_t prefix_length = 0;
  int32_t is_ipv6 = 0;
  uint8_t address[16];
  EXPECT(lists->find(reply, tables->session_timeout, &view) == RADIUS_OK);
  EXPECT(lists->read_integer(&view, &number) == RADIUS_OK && number == 3600);
  EXPECT(lists->first_child(reply, &view, &child) == RADIUS_ERR_TYPE);
  EXPECT(lists->next_child(reply, &view, &child) == RADIUS_ERR_TYPE);
  EXPECT(lists->find(reply, tables->framed_ip, &view) == RADIUS_OK);
  EXPECT(lists->read_ipv4(&view, address) == RADIUS_OK && address[0] == 192 && address[3] == 1);
  EXPECT(lists->find(reply, tables->login_ipv6, &view) == RADIUS_OK);
  EXPECT(lists->read_ipv6(&view, address) == RADIUS_OK && address[0] == 0x20);
  EXPECT(lists->find(reply, tables->framed_prefix, &view) == RADIUS_OK);
  EXPECT(lists->read_prefix(&view, address, &prefix_length, &is_ipv6) == RADIUS_OK);
  EXPECT(prefix_length == 32 && is_ipv6 == 1);
  EXPECT(lists->find(reply, tables->ifid, &view) == RADIUS_OK);
  EXPECT(lists->read_ifid(&view, address) == RADIUS_OK && address[7] == 1);
  EXPECT(lists->find(reply, tables->tunnel_type, &view) == RADIUS_OK && view.tag == 1);
  EXPECT((view.flags & RADIUS_VIEW_TAGGED) != 0 && view.number == 64 && view.data_type == RADIUS_TYPE_UINT32);
  EXPECT(lists->find_next(reply, tables->tunnel_type, &view) == RADIUS_OK && view.tag == 2);
  EXPECT(lists->find_next(reply, tables->tunnel_type, &view) == RADIUS_ERR_NOT_FOUND);
}

static void read_request(struct tables* tables, radius_request_t* request, radius_list_t* list) {
  const radius_lists_v1_t* lists = tables->host->lists;
  radius_request_info_t info = {.size = sizeof info};
  radius_view_t view;
  const uint8_t* raw = NULL;
  uint32_t length = 0;
  int count = 0;
  EXPECT(tables->host->requests->info(request, &info) == RADIUS_OK && info.size == sizeof info);
  EXPECT(info.code == RADIUS_CODE_ACCESS_REQUEST && info.version == 10 && info.transport == RADIUS_TRANSPORT_UDP);
  EXPECT(info.peer.family == 4 && info.peer.octets[0] == 127 && info.peer.port != 0 && info.depth == 0);
  EXPECT(equals(info.client, "loopback") && info.listener.length > 0 && info.tls_identity.length == 0);
  for (radius_status_t status = lists->first(list, &view); status == RADIUS_OK; status = lists->next(list, &view))
    ++count;
  EXPECT(count > 0);
  EXPECT(lists->find(list, tables->user_name, &view) == RADIUS_OK && view.length == 3);
  EXPECT(lists->raw(list, &view, &raw, &length) == RADIUS_OK && length == 5 && raw[0] == 1 && raw[1] == 5);
  EXPECT(lists->add_integer(list, tables->session_timeout, RADIUS_NO_TAG, 1) == RADIUS_ERR_READ_ONLY);
}

static void never_expires(void* data, radius_timer_t timer, radius_status_t status) {
  (void)data;
  (void)timer;
  (void)status;
}

static void use_thread(struct tables* tables, radius_thread_t* thread) {
  const radius_timers_v1_t* timers = tables->host->timers;
  radius_timer_t timer = 0;
  EXPECT(timers->start(thread, 60000, never_expires, NULL, &timer) == RADIUS_OK && timer != 0);
  EXPECT(timers->stop(thread, timer) == RADIUS_OK);
  EXPECT(timers->stop(thread, timer) == RADIUS_ERR_GONE);
}

static void use_conversation(struct tables* tables, radius_request_t* request) {
  const radius_conversations_v1_t* conversations = tables->host->conversations;
  void* data = malloc(1);
  EXPECT(conversations->round(request) == 0 && conversations->data(request) == NULL);
  EXPECT(conversations->set_data(request, data, free) == RADIUS_OK && conversations->data(request) == data);
}

static void use_token(struct tables* tables, radius_request_t* request) {
  const radius_tokens_v1_t* tokens = tables->host->tokens;
  const radius_token_t token = tokens->token(request);
  EXPECT(token != 0 && tokens->acquire(tables->instance, token) == request);
  EXPECT(tokens->acquire(tables->instance, token) == NULL);
  EXPECT(tokens->complete(tables->instance, token, NULL, RADIUS_ACCEPT, 0) == RADIUS_ERR_STATE);
  EXPECT(tokens->release(tables->instance, token, NULL) == RADIUS_ERR_STATE);
  EXPECT(tokens->release(tables->instance, token, request) == RADIUS_OK);
}

static radius_verdict_t handle_access(void* self, void* thread_self, radius_request_t* request) {
  struct tables* tables = self;
  const radius_host_v1_t* host = tables->host;
  radius_list_t* reply = host->requests->list(request, RADIUS_LIST_REPLY);
  radius_list_t* control = host->requests->list(request, RADIUS_LIST_CONTROL);
  tables->failures = 0;
  read_request(tables, request, host->requests->list(request, RADIUS_LIST_REQUEST));
  write_reply(tables, reply);
  read_reply(tables, reply);
  EXPECT(host->lists->append(control, reply) == RADIUS_OK);
  use_thread(tables, thread_self);
  use_conversation(tables, request);
  use_token(tables, request);
  host->log->write_for(request, RADIUS_INFO, text("every table was used"));
  return tables->failures == 0 ? RADIUS_ACCEPT : RADIUS_REJECT;
}

static void handle_finish(void* self, void* thread_self, radius_request_t* request, radius_verdict_t verdict) {
  struct tables* tables = self;
  (void)thread_self;
  radius_list_t* reply = tables->host->requests->list(request, RADIUS_LIST_REPLY);
  if (verdict == RADIUS_ACCEPT) tables->host->lists->add_named(reply, text("Filter-Id"), text("finished"));
}

static void reopen(void* self) {
  const struct tables* tables = self;
  tables->host->log->write(tables->instance, RADIUS_INFO, text("reopened"));
}

#define ID "org.radhost.test.abi.tables"
#define VERSION "1.0.0"

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .abi_minor = RADIUS_PLUGIN_ABI_MINOR,
      .id = {ID, sizeof ID - 1},
      .version = {VERSION, sizeof VERSION - 1},
      .description = {"uses every table", sizeof "uses every table" - 1},
      .create = create,
      .destroy = destroy,
      .start = start,
      .stop = stop,
      .thread_start = thread_start,
      .thread_stop = thread_stop,
      .handle_access = handle_access,
      .handle_finish = handle_finish,
      .reopen = reopen,
  };
  return &descriptor;
}
