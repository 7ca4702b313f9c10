/* SPDX-License-Identifier: Apache-2.0 */
/* Calls every function of the host, in create and in a handler, and says how many expectations failed: each failure is
   a line in the log, and the handler rejects unless there was none. */
#include <radius/ext/client.h>
#include <radius/ext/fd.h>
#include <radius/ext/metrics.h>
#include <radius/ext/store.h>
#include <radius/ext/subrequest.h>
#include <radius/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

RADIUS_NOTE("org.radhost.test.probe", "1.0.0", 0);

struct probe {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  int failures;
  radius_attr_t user_name, framed_ip, framed_prefix, ifid, session_timeout, interim_interval, service_type, tunnel_type,
      password, proxy_state, message_authenticator, login_ipv6, home_ipv4;
  const radius_prebuilt_t* prebuilt;
};

static radius_text_t text(const char* terminated) {
  radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static int equals(radius_text_t a, const char* b) { return a.length == strlen(b) && memcmp(a.data, b, strlen(b)) == 0; }

static void expect(struct probe* probe, int holds, const char* what, int line) {
  char message[256];
  if (holds) return;
  ++probe->failures;
  snprintf(message, sizeof message, "line %d: %s", line, what);
  probe->host->log->write(probe->instance, RADIUS_ERROR, text(message));
}
#define EXPECT(condition) expect(probe, (condition), #condition, __LINE__)

static void probe_config(struct probe* probe) {
  const radius_config_v1_t* config = probe->host->config;
  radius_instance_t* instance = probe->instance;
  radius_text_t value = {NULL, 0};
  int64_t integer = 7;
  double real = 0;
  int32_t boolean = 0;
  EXPECT(config->type_of(instance, text("text")) == RADIUS_CONFIG_TEXT);
  EXPECT(config->type_of(instance, text("absent")) == RADIUS_CONFIG_ABSENT);
  EXPECT(config->text(instance, text("text"), &value) == RADIUS_OK && equals(value, "hello"));
  EXPECT(config->integer(instance, text("absent"), &integer) == RADIUS_ERR_NOT_FOUND && integer == 7);
  EXPECT(config->integer(instance, text("list[1].deep"), &integer) == RADIUS_OK && integer == 42);
  EXPECT(config->integer(instance, text("list[9].deep"), &integer) == RADIUS_ERR_NOT_FOUND);
  EXPECT(config->real(instance, text("real"), &real) == RADIUS_OK && real > 1.4 && real < 1.6);
  EXPECT(config->real(instance, text("list[0]"), &real) == RADIUS_OK && real > 0.9 && real < 1.1); /* a number, too */
  EXPECT(config->boolean(instance, text("yes"), &boolean) == RADIUS_OK && boolean == 1);
  EXPECT(config->count(instance, text("list")) == 2 && config->count(instance, text("table")) == 1);
  EXPECT(config->count(instance, text("text")) == 0 && config->count(instance, text("absent")) == 0);
  EXPECT(config->member(instance, text("table"), 0, &value) == RADIUS_OK && equals(value, "first key"));
  EXPECT(config->member(instance, text("table"), 9, &value) == RADIUS_ERR_NOT_FOUND);
  EXPECT(config->member(instance, text("text"), 0, &value) == RADIUS_ERR_TYPE);
  EXPECT(config->text(instance, text("table.\"first key\""), &value) == RADIUS_OK && equals(value, "x"));
  static const char* const broken[] = {"table.\"first key", "table.", "list[1", "list[x]", "list[]",
                                       "text[0]",           "text.x"};
  for (size_t i = 0; i < sizeof broken / sizeof *broken; ++i)
    EXPECT(config->type_of(instance, text(broken[i])) == RADIUS_CONFIG_ABSENT);
  EXPECT(config->secret(instance, text("shared"), &value) == RADIUS_OK && equals(value, "hush"));
  EXPECT(config->json(instance, text("list"), &value) == RADIUS_OK && equals(value, "[1,{\"deep\":42}]"));
  EXPECT(config->depend(instance, text("some.file"), &value) == RADIUS_OK && value.length > 9 && value.data[0] == '/');
  EXPECT(config->path(instance, text("file"), &value) == RADIUS_OK && value.data[0] == '/');
  EXPECT(config->text(NULL, text("text"), &value) == RADIUS_ERR_INVALID);
  if (config->type_of(instance, text("spoil")) != RADIUS_CONFIG_ABSENT) {
    EXPECT(config->text(instance, text("spoil"), &value) == RADIUS_ERR_TYPE);
    config->reject(instance, text("text"), text("rejected by the probe"));
    config->reject_at(instance, text("elsewhere.conf"), 3, 4, text("rejected elsewhere"));
  }
}

static void probe_dictionary(struct probe* probe) {
  const radius_dictionary_v1_t* dictionary = probe->host->dictionary;
  radius_instance_t* instance = probe->instance;
  radius_attr_info_t info = {.size = sizeof info};
  radius_attr_t attr = 0;
  radius_text_t name = {NULL, 0};
  uint64_t value = 0;
  char printed[64];
  uint8_t octets[64];
  uint64_t length = sizeof printed;
  EXPECT(dictionary->resolve(instance, text("user-NAME"), &attr) == RADIUS_OK && attr == probe->user_name);
  EXPECT(dictionary->resolve(instance, text("No-Such-Attribute"), &attr) == RADIUS_ERR_NOT_FOUND);
  EXPECT(dictionary->resolve(instance, text("Attr-200"), &attr) == RADIUS_OK && attr != 0);
  EXPECT(dictionary->describe(instance, probe->tunnel_type, &info) == RADIUS_OK);
  EXPECT(info.number == 64 && info.data_type == RADIUS_TYPE_UINT32 && (info.flags & RADIUS_ATTR_TAGGED) != 0);
  EXPECT(equals(info.name, "Tunnel-Type"));
  EXPECT(dictionary->describe(instance, 0, &info) == RADIUS_ERR_NOT_FOUND);
  EXPECT(dictionary->describe(instance, probe->message_authenticator, &info) == RADIUS_OK);
  EXPECT((info.flags & RADIUS_ATTR_HOST_OWNED) != 0);
  EXPECT(dictionary->value_by_name(instance, probe->service_type, text("Framed-User"), &value) == RADIUS_OK &&
         value == 2);
  EXPECT(dictionary->value_by_name(instance, probe->service_type, text("Nobody"), &value) == RADIUS_ERR_NOT_FOUND);
  EXPECT(dictionary->name_by_value(instance, probe->service_type, 2, &name) == RADIUS_OK &&
         equals(name, "Framed-User"));
  EXPECT(dictionary->name_by_value(instance, probe->service_type, 77777, &name) == RADIUS_ERR_NOT_FOUND);
  EXPECT(dictionary->parse(instance, probe->framed_ip, text("192.0.2.1"), octets, &length) == RADIUS_OK && length == 4);
  length = sizeof printed;
  EXPECT(dictionary->print(instance, probe->framed_ip, octets, 4, printed, &length) == RADIUS_OK && length == 9);
  length = 3;
  EXPECT(dictionary->print(instance, probe->framed_ip, octets, 4, printed, &length) == RADIUS_ERR_LIMIT && length == 9);
  length = sizeof octets;
  length = sizeof printed; /* who has no room learns how much it takes */
  EXPECT(dictionary->print(instance, probe->framed_ip, octets, 4, NULL, &length) == RADIUS_ERR_LIMIT && length == 9);
  length = sizeof octets;
  EXPECT(dictionary->parse(instance, probe->framed_ip, text("192.0.2.1"), NULL, &length) == RADIUS_ERR_LIMIT &&
         length == 4);
  EXPECT(dictionary->parse(instance, probe->framed_ip, text("192.0.2.256"), octets, &length) == RADIUS_ERR_RANGE);
  EXPECT(dictionary->suggest(instance, text("Usr-Name"), &name) == RADIUS_OK && equals(name, "User-Name"));
}

static void probe_tokens(struct probe* probe, radius_request_t* request) {
  const radius_tokens_v1_t* tokens = probe->host->tokens;
  radius_token_t token = tokens->token(request);
  EXPECT(token != 0 && tokens->token(request) == token);
  EXPECT(tokens->acquire(probe->instance, 0) == NULL);
  EXPECT(tokens->acquire(probe->instance, token + 1) == NULL);
  EXPECT(tokens->release(probe->instance, token, request) == RADIUS_ERR_STATE);
  EXPECT(tokens->complete(probe->instance, token, request, RADIUS_ACCEPT, 0) == RADIUS_ERR_STATE);
  EXPECT(tokens->acquire(probe->instance, token) == request);
  EXPECT(tokens->acquire(probe->instance, token) == NULL);
  EXPECT(tokens->complete(probe->instance, token, NULL, RADIUS_ACCEPT, 0) == RADIUS_ERR_STATE);
  EXPECT(tokens->release(probe->instance, token, NULL) == RADIUS_ERR_STATE);
  EXPECT(tokens->release(probe->instance, token, request) == RADIUS_OK);
  EXPECT(tokens->release(probe->instance, token, NULL) == RADIUS_ERR_STATE);
  EXPECT(tokens->release(probe->instance, token + 1, NULL) == RADIUS_ERR_GONE);
  EXPECT(tokens->release(NULL, token, NULL) == RADIUS_ERR_INVALID);
  EXPECT(tokens->complete(probe->instance, token + 1, NULL, RADIUS_ACCEPT, 0) == RADIUS_ERR_GONE);
  EXPECT(tokens->complete(NULL, token, NULL, RADIUS_ACCEPT, 0) == RADIUS_ERR_INVALID);
  EXPECT(tokens->complete(probe->instance, token, NULL, RADIUS_ACCEPT, RADIUS_COMPLETE_PROXIED << 1) ==
         RADIUS_ERR_INVALID);
}

static int data_ended;
static void end_data(void* data) { data_ended += data == &data_ended; }

static void probe_conversations(struct probe* probe, radius_request_t* request) {
  const radius_conversations_v1_t* conversations = probe->host->conversations;
  data_ended = 0;
  EXPECT(conversations->round(request) == 0);
  EXPECT(conversations->data(request) == NULL);
  EXPECT(conversations->set_data(request, &data_ended, end_data) == RADIUS_OK);
  EXPECT(conversations->data(request) == &data_ended && data_ended == 0);
  EXPECT(conversations->set_data(request, NULL, NULL) == RADIUS_OK);
  EXPECT(conversations->data(request) == NULL && data_ended == 1);
}

static void probe_timers(struct probe* probe) {
  const radius_timers_v1_t* timers = probe->host->timers;
  radius_timer_t timer = 0;
  EXPECT(timers->start(NULL, 1, NULL, NULL, &timer) == RADIUS_ERR_INVALID);
  EXPECT(timers->stop(NULL, 1) == RADIUS_ERR_INVALID);
}

static void probe_what_is_over(struct probe* probe) {
  const radius_host_v1_t* host = probe->host;
  radius_attr_t attr = 0;
  /* not in create any more */
  EXPECT(host->dictionary->resolve(probe->instance, text("Attr-201"), &attr) == RADIUS_ERR_NOT_FOUND && attr == 0);
  EXPECT(host->dictionary->resolve(probe->instance, text("Attr-200"), &attr) == RADIUS_OK && attr != 0);
  EXPECT(host->dictionary->resolve(probe->instance, text("user-name"), &attr) == RADIUS_OK && attr == probe->user_name);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_CLIENT)) == NULL);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_METRICS)) == NULL);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_STORE)) == NULL);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_FD)) == NULL);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_SUBREQUEST)) == NULL);
}

static void probe_extensions(struct probe* probe) {
  const radius_host_v1_t* host = probe->host;
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_CLIENT)) != NULL);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_METRICS)) != NULL);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_STORE)) != NULL);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_FD)) != NULL);
  EXPECT(host->extension(probe->instance, text(RADIUS_EXT_SUBREQUEST)) != NULL);
  EXPECT(host->extension(probe->instance, text("radius.client/2")) == NULL);
  EXPECT(host->started(NULL, RADIUS_OK) == RADIUS_ERR_INVALID);
  EXPECT(host->started(probe->instance, RADIUS_STARTING) == RADIUS_ERR_INVALID);
  EXPECT(host->started(probe->instance, RADIUS_OK) == RADIUS_ERR_STATE); /* no start is under way */
  EXPECT(host->thread_started(NULL, RADIUS_OK) == RADIUS_ERR_INVALID);
}

static void probe_own_lists(struct probe* probe) {
  const radius_lists_v1_t* lists = probe->host->lists;
  radius_list_t* list = NULL;
  radius_prebuilt_t* prebuilt = NULL;
  EXPECT(lists->create_list(probe->instance, &list) == RADIUS_OK);
  EXPECT(lists->add_named(list, text("Reply-Message"), text("prebuilt")) == RADIUS_OK);
  EXPECT(lists->prebuild(NULL, list, &prebuilt) == RADIUS_ERR_INVALID);
  EXPECT(lists->prebuild(probe->instance, NULL, &prebuilt) == RADIUS_ERR_INVALID);
  EXPECT(lists->prebuild(probe->instance, list, NULL) == RADIUS_ERR_INVALID && prebuilt == NULL);
  EXPECT(lists->prebuild(probe->instance, list, &prebuilt) == RADIUS_OK);
  EXPECT(lists->destroy_prebuilt(probe->instance, prebuilt) == RADIUS_OK);
  EXPECT(lists->destroy_prebuilt(probe->instance, prebuilt) == RADIUS_ERR_NOT_FOUND);
  EXPECT(lists->prebuild(probe->instance, list, &prebuilt) == RADIUS_OK);
  probe->prebuilt = prebuilt;
  lists->destroy_list(list);
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  struct probe* probe = calloc(1, sizeof *probe);
  if (probe == NULL) return RADIUS_ERR_MEMORY;
  probe->host = host;
  probe->instance = instance;
  const struct {
    const char* name;
    radius_attr_t* attr;
  } wanted[] = {{"User-Name", &probe->user_name},
                {"Framed-IP-Address", &probe->framed_ip},
                {"Framed-IPv6-Prefix", &probe->framed_prefix},
                {"Framed-Interface-Id", &probe->ifid},
                {"Session-Timeout", &probe->session_timeout},
                {"Acct-Interim-Interval", &probe->interim_interval},
                {"Service-Type", &probe->service_type},
                {"Tunnel-Type", &probe->tunnel_type},
                {"Cleartext-Password", &probe->password},
                {"Proxy-State", &probe->proxy_state},
                {"Message-Authenticator", &probe->message_authenticator},
                {"Login-IPv6-Host", &probe->login_ipv6},
                {"PMIP6-Home-IPv4-HoA", &probe->home_ipv4}};
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; ++i)
    EXPECT(host->dictionary->resolve(instance, text(wanted[i].name), wanted[i].attr) == RADIUS_OK);
  EXPECT(RADIUS_HAS(host, thread_started) && RADIUS_HAS(host->lists, append_prebuilt));
  EXPECT(equals(host->name, "radhost") && host->version.length > 0 && host->abi_minor == RADIUS_PLUGIN_ABI_MINOR);
  EXPECT(host->system->monotonic_ns(instance) > 0 && host->system->wall_clock_us(instance) > 1700000000000000);
  uint8_t random[8] = {0};
  EXPECT(host->system->random(instance, random, sizeof random) == RADIUS_OK);
  EXPECT(host->system->random(NULL, random, sizeof random) == RADIUS_ERR_INVALID);
  EXPECT(host->system->random(instance, NULL, 1) == RADIUS_ERR_INVALID);
  EXPECT(host->log->enabled(instance, RADIUS_ERROR) == 1 && host->log->enabled(instance, 99) == 0);
  probe_config(probe);
  probe_dictionary(probe);
  probe_extensions(probe);
  probe_own_lists(probe);
  *self = probe;
  return RADIUS_OK;
}

static void destroy(void* self) { free(self); }

static void probe_reading(struct probe* probe, radius_list_t* list) {
  const radius_lists_v1_t* lists = probe->host->lists;
  radius_view_t view;
  const uint8_t* raw = NULL;
  uint32_t raw_length = 0;
  uint64_t number = 0;
  int steps = 0;
  EXPECT(lists->find(list, probe->user_name, &view) == RADIUS_OK && view.length == 3 &&
         memcmp(view.data, "bob", 3) == 0);
  EXPECT(lists->raw(list, &view, &raw, &raw_length) == RADIUS_OK && raw_length == 5 && raw[0] == 1);
  EXPECT(lists->find_next(list, probe->user_name, &view) == RADIUS_ERR_NOT_FOUND);
  EXPECT(lists->find(list, probe->session_timeout, &view) == RADIUS_ERR_NOT_FOUND);
  for (radius_status_t status = lists->first(list, &view); status == RADIUS_OK; status = lists->next(list, &view))
    ++steps;
  EXPECT(steps > 3);
  EXPECT(lists->find(list, probe->service_type, &view) == RADIUS_OK);
  EXPECT(lists->read_integer(&view, &number) == RADIUS_OK && number == 2);
  EXPECT(lists->first_child(list, &view, &view) == RADIUS_ERR_TYPE);
  EXPECT(lists->next_child(list, &view, &view) == RADIUS_ERR_TYPE);
  uint8_t address[16];
  EXPECT(lists->read_ipv4(&view, address) == RADIUS_OK);
  EXPECT(lists->read_ipv6(&view, address) == RADIUS_ERR_TYPE);
  EXPECT(lists->read_ifid(&view, address) == RADIUS_ERR_TYPE);
  EXPECT(lists->add_integer(list, probe->session_timeout, RADIUS_NO_TAG, 1) == RADIUS_ERR_READ_ONLY);
  EXPECT(lists->end_group(list) == RADIUS_ERR_READ_ONLY);
  EXPECT(lists->append_prebuilt(list, probe->prebuilt) == RADIUS_ERR_READ_ONLY);
}

static void probe_writing(struct probe* probe, radius_list_t* reply, radius_list_t* control) {
  const radius_lists_v1_t* lists = probe->host->lists;
  const uint8_t ipv4[4] = {192, 0, 2, 1};
  const uint8_t ipv6[16] = {0x20, 0x01, 0x0d, 0xb8, 1};
  const uint8_t ifid[8] = {0, 0, 0, 0, 0, 0, 0, 1};
  radius_view_t view;
  uint32_t prefix_length = 0;
  int32_t is_ipv6 = 0;
  uint8_t address[16];
  uint64_t removed = 0;
  int steps = 0;
  EXPECT(lists->add_integer(reply, probe->session_timeout, RADIUS_NO_TAG, 3600) == RADIUS_OK);
  EXPECT(lists->add_integer(reply, probe->session_timeout, RADIUS_NO_TAG, 1ull << 32) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_integer(reply, probe->session_timeout, 1, 1) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_integer(reply, probe->user_name, RADIUS_NO_TAG, 1) == RADIUS_ERR_TYPE);
  EXPECT(lists->add_integer(reply, probe->tunnel_type, 1, 13) == RADIUS_OK);
  EXPECT(lists->add_integer(reply, probe->interim_interval, RADIUS_NO_TAG, 60) == RADIUS_OK);
  EXPECT(lists->add_integer(reply, probe->interim_interval, RADIUS_NO_TAG, 59) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_octets(reply, probe->interim_interval, RADIUS_NO_TAG, ipv4, 4) == RADIUS_OK);
  EXPECT(lists->add_octets(reply, probe->interim_interval, RADIUS_NO_TAG, ifid + 4, 4) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_parsed(reply, probe->interim_interval, RADIUS_NO_TAG, text("59")) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_octets(reply, probe->user_name, RADIUS_NO_TAG, (const uint8_t*)"bob", 3) == RADIUS_OK);
  EXPECT(lists->add_octets(reply, probe->user_name, RADIUS_NO_TAG, NULL, 3) == RADIUS_ERR_INVALID);
  EXPECT(lists->add_octets(reply, probe->proxy_state, RADIUS_NO_TAG, ifid, 8) == RADIUS_ERR_HOST_OWNED);
  EXPECT(lists->add_octets(reply, probe->message_authenticator, RADIUS_NO_TAG, ipv6, 16) == RADIUS_ERR_HOST_OWNED);
  EXPECT(lists->add_octets(reply, probe->password, RADIUS_NO_TAG, ifid, 8) == RADIUS_ERR_INVALID);
  EXPECT(lists->add_octets(control, probe->password, RADIUS_NO_TAG, ifid, 8) == RADIUS_OK);
  EXPECT(lists->append(reply, control) == RADIUS_ERR_INVALID); /* control holds an internal attribute */
  EXPECT(lists->add_ipv4(reply, probe->framed_ip, RADIUS_NO_TAG, ipv4) == RADIUS_OK);
  EXPECT(lists->add_ipv4(reply, probe->user_name, RADIUS_NO_TAG, ipv4) == RADIUS_ERR_TYPE);
  EXPECT(lists->add_ipv6(reply, probe->login_ipv6, RADIUS_NO_TAG, ipv6) == RADIUS_OK);
  EXPECT(lists->add_ifid(reply, probe->ifid, RADIUS_NO_TAG, ifid) == RADIUS_OK);
  EXPECT(lists->add_prefix(reply, probe->framed_prefix, RADIUS_NO_TAG, ipv6, 16, 33) == RADIUS_OK);
  EXPECT(lists->add_prefix(reply, probe->framed_prefix, RADIUS_NO_TAG, ipv6, 16, 129) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_prefix(reply, probe->framed_prefix, RADIUS_NO_TAG, ipv6, 8, 33) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_prefix(reply, probe->framed_prefix, RADIUS_NO_TAG, ipv4, 4, 24) == RADIUS_ERR_TYPE);
  EXPECT(lists->add_prefix(reply, probe->home_ipv4, RADIUS_NO_TAG, ipv4, 4, 24) == RADIUS_OK);
  EXPECT(lists->add_prefix(reply, probe->home_ipv4, RADIUS_NO_TAG, ipv4, 4, 33) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_prefix(reply, probe->home_ipv4, RADIUS_NO_TAG, ipv6, 16, 24) == RADIUS_ERR_TYPE);
  EXPECT(lists->add_prefix(reply, probe->user_name, RADIUS_NO_TAG, ipv4, 4, 24) == RADIUS_ERR_TYPE);
  EXPECT(lists->find(reply, probe->framed_prefix, &view) == RADIUS_OK);
  EXPECT(lists->read_prefix(&view, address, &prefix_length, &is_ipv6) == RADIUS_OK && prefix_length == 33 &&
         is_ipv6 == 1);
  EXPECT(lists->read_prefix(&view, NULL, &prefix_length, &is_ipv6) == RADIUS_ERR_INVALID);
  EXPECT(lists->read_prefix(&view, address, NULL, &is_ipv6) == RADIUS_ERR_INVALID);
  EXPECT(lists->read_prefix(&view, address, &prefix_length, NULL) == RADIUS_ERR_INVALID);
  EXPECT(lists->add_parsed(reply, probe->service_type, RADIUS_NO_TAG, text("Framed-User")) == RADIUS_OK);
  EXPECT(lists->add_parsed(reply, probe->service_type, RADIUS_NO_TAG, text("No-Such-User")) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_named(reply, text("Tunnel-Type:2"), text("VLAN")) == RADIUS_OK);
  EXPECT(lists->add_named(reply, text("Tunnel-Type:99"), text("VLAN")) == RADIUS_ERR_RANGE);
  EXPECT(lists->add_named(reply, text("Nothing"), text("VLAN")) == RADIUS_ERR_NOT_FOUND);
  EXPECT(lists->begin_group(reply, probe->user_name) == RADIUS_ERR_TYPE);
  EXPECT(lists->end_group(reply) == RADIUS_ERR_STATE);
  EXPECT(lists->append_prebuilt(reply, probe->prebuilt) == RADIUS_OK);
  EXPECT(lists->remove(reply, probe->user_name, &removed) == RADIUS_OK && removed == 1);
  EXPECT(lists->find(reply, probe->tunnel_type, &view) == RADIUS_OK && view.tag == 1 &&
         (view.flags & RADIUS_VIEW_TAGGED) != 0);
  EXPECT(lists->find_next(reply, probe->tunnel_type, &view) == RADIUS_OK && view.tag == 2);
  for (radius_status_t status = lists->first(reply, &view); status == RADIUS_OK; status = lists->next(reply, &view))
    ++steps;
  EXPECT(steps == 12 && lists->next(reply, &view) == RADIUS_ERR_NOT_FOUND);
}

static radius_verdict_t handle_access(void* self, void* thread_self, radius_request_t* request) {
  struct probe* probe = self;
  const radius_requests_v1_t* requests = probe->host->requests;
  radius_request_info_t info = {.size = sizeof info};
  (void)thread_self;
  EXPECT(requests->info(request, &info) == RADIUS_OK && info.code == RADIUS_CODE_ACCESS_REQUEST && info.version == 10);
  EXPECT(equals(info.client, "tester") && equals(info.listener, "inside"));
  info.size = 8;
  EXPECT(requests->info(request, &info) == RADIUS_OK && info.size == 8);
  EXPECT(requests->list(request, 99) == NULL);
  probe_reading(probe, requests->list(request, RADIUS_LIST_REQUEST));
  probe->host->lists->remove(requests->list(request, RADIUS_LIST_CONTROL), probe->password, NULL);
  probe_writing(probe, requests->list(request, RADIUS_LIST_REPLY), requests->list(request, RADIUS_LIST_CONTROL));
  probe_tokens(probe, request);
  probe_conversations(probe, request);
  probe_timers(probe);
  probe_what_is_over(probe);
  probe->host->log->write_for(request, RADIUS_DEBUG, text("probed"));
  return probe->failures == 0 ? RADIUS_ACCEPT : RADIUS_REJECT;
}

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor, .create = create, .destroy = destroy, .handle_access = handle_access};
  return &descriptor;
}
