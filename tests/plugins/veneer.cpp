// SPDX-License-Identifier: Apache-2.0
/// Calls every function of the host's core tables through the C++ veneer, in its constructor and in a handler. What is
/// not as the headers say is its error, with the line. Built without run-time types.
#include "expect.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

enum class Mode {
  Slow,
  Fast
};

struct Server {
  std::string host;
  uint16_t port = 1812;
  void read(radius::Config& config) {
    config.required("host", host);
    config.optional("port", port, radius::Range{1, 65535});
  }
};

struct Limits {
  std::chrono::seconds idle{30};
  std::optional<double> share;
  void read(radius::Config& config) {
    config.optional("idle_s", idle);
    config.optional("share", share, radius::Range{0, 1});
  }
};

struct Settings {
  radius::SourceFile users;
  radius::FilePath log;
  std::chrono::milliseconds timeout{2000};
  Mode mode = Mode::Slow;
  radius::Secret secret;
  std::optional<radius::Secret> no_secret;
  std::vector<std::string> realms;
  std::vector<Server> servers;
  std::map<std::string, int64_t> weights;
  Limits limits;
  radius::Attr<uint32_t> attribute;
  bool is_strict = false;
  double ratio = 0.5;
  int8_t small = 3;
  std::string tree;

  void read(radius::Config& config) {
    config.required("users", users, "a users file is needed");
    config.optional("log", log);
    config.optional("timeout_ms", timeout, radius::Range{1ms, 60s});
    config.word("mode", mode, {{"slow", Mode::Slow}, {"fast", Mode::Fast}});
    config.required("secret", secret);
    config.optional("no_secret", no_secret);
    config.optional("realms", realms);
    config.optional("servers", servers);
    config.optional("weights", weights);
    config.optional("limits", limits);
    config.optional("attribute", attribute);
    config.optional("strict", is_strict);
    config.optional("ratio", ratio, radius::Range{0.0, 1.0});
    config.optional("small", small);
    config.json("tree", tree);
    if (is_strict && servers.empty()) config.mistake("strict", "strictly nobody cannot be asked");
  }
};

class Veneer {
 public:
  explicit Veneer(radius::Instance& instance)
      : instance_(instance),
        settings_(instance.settings<Settings>()),
        user_name_(instance.attribute<std::string_view>("User-Name")),
        service_type_(instance.attribute<uint32_t>("Service-Type")),
        session_timeout_(instance.attribute<uint32_t>("Session-Timeout")),
        tunnel_type_(instance.attribute<uint32_t>("Tunnel-Type")),
        framed_ip_(instance.attribute<radius::Ipv4>("Framed-IP-Address")),
        login_ipv6_(instance.attribute<radius::Ipv6>("Login-IPv6-Host")),
        framed_prefix_(instance.attribute<radius::Prefix>("Framed-IPv6-Prefix")),
        interface_id_(instance.attribute<radius::InterfaceId>("Framed-Interface-Id")),
        timestamp_(instance.attribute<radius::Time>("Event-Timestamp")),
        class_(instance.attribute<radius::Octets>("Class")),
        port_limit_info_(instance.attribute<radius::Tlv>("IP-Port-Limit-Info")),
        port_type_(instance.attribute<uint32_t>("IP-Port-Type")),
        octets64_(instance.attribute<uint64_t>("Acct-Input-Octets-64")),
        hardware_(instance.attribute<radius::Ethernet>("Fortinet-WirelessController-Device-MAC")),
        said_(instance.attribute<uint16_t>("PKM-SAID")),
        password_(instance.attribute<std::string_view>("Cleartext-Password")),
        prebuilt_(prebuild()) {
    try_single_keys();
    try_dictionary();
    try_host();
  }

  radius::Verdict access(radius::Request& request) {
    try_info(request);
    try_reading(request);
    try_writing(request);
    try_lists(request);
    try_conversation(request);
    try_tokens(request);
    request.reply().add("Reply-Message", "all is well");
    request.log_debug("probed");
    return radius::Verdict::Accept;
  }

 private:
  radius::Prebuilt prebuild() const;
  void try_single_keys() const;
  void try_dictionary() const;
  void try_host() const;
  void try_info(radius::Request& request) const;
  void try_reading(radius::Request& request) const;
  void try_writing(radius::Request& request) const;
  void try_lists(radius::Request& request) const;
  void try_conversation(radius::Request& request) const;
  void try_tokens(radius::Request& request) const;

  radius::Instance& instance_;
  Settings settings_;
  radius::Attr<std::string_view> user_name_;
  radius::Attr<uint32_t> service_type_;
  radius::Attr<uint32_t> session_timeout_;
  radius::Attr<uint32_t> tunnel_type_;
  radius::Attr<radius::Ipv4> framed_ip_;
  radius::Attr<radius::Ipv6> login_ipv6_;
  radius::Attr<radius::Prefix> framed_prefix_;
  radius::Attr<radius::InterfaceId> interface_id_;
  radius::Attr<radius::Time> timestamp_;
  radius::Attr<radius::Octets> class_;
  radius::Attr<radius::Tlv> port_limit_info_;
  radius::Attr<uint32_t> port_type_;
  radius::Attr<uint64_t> octets64_;
  radius::Attr<radius::Ethernet> hardware_;
  radius::Attr<uint16_t> said_;
  radius::Attr<std::string_view> password_;
  radius::Prebuilt prebuilt_;
};

radius::Prebuilt Veneer::prebuild() const {
  radius::OwnList list(instance_);
  EXPECT(list.empty());
  list.add("Reply-Message", "prebuilt");
  list.add(password_, "internal, too");
  EXPECT(!list.empty());
  drop(instance_, list.prebuild());
  list.remove(password_);
  return list.prebuild();
}

/// The same table that Settings is, key by key.
void Veneer::try_single_keys() const {
  EXPECT(settings_.users.path.front() == '/' && settings_.log.path.front() == '/');
  EXPECT(settings_.timeout == 1500ms && settings_.mode == Mode::Fast && settings_.secret.text() == "hush");
  EXPECT(!settings_.no_secret && settings_.realms == std::vector<std::string>{"a", "b"});
  EXPECT(settings_.servers.size() == 2 && settings_.servers[0].port == 1812 && settings_.servers[1].port == 99);
  EXPECT(settings_.servers[1].host == "two" && settings_.weights.at("first key") == 7);
  EXPECT(settings_.limits.idle == 5s && !settings_.limits.share && settings_.ratio == 0.25 && settings_.small == -3);
  EXPECT(settings_.attribute.handle() == session_timeout_.handle() && settings_.tree == "[1,{\"deep\":42}]");
  EXPECT(instance_.text("mode") == "fast" && !instance_.text("absent"));
  EXPECT(instance_.integer("tree[1].deep") == 42 && instance_.real("ratio") == 0.25);
  EXPECT(instance_.boolean("strict") == true && !instance_.boolean("absent"));
  EXPECT(instance_.secret("secret")->text() == "hush" && !instance_.secret("absent"));
  EXPECT(instance_.json("realms") == "[\"a\",\"b\"]" && !instance_.json("absent"));
  EXPECT(instance_.path("log") == settings_.log.path && !instance_.path("absent"));
  EXPECT(instance_.count("servers") == 2 && instance_.member("weights", 0) == "first key");
  EXPECT(throws(RADIUS_ERR_NOT_FOUND, [&] { instance_.member("weights", 9); }));
  EXPECT(instance_.type_of("realms") == RADIUS_CONFIG_ARRAY && instance_.type_of("absent") == RADIUS_CONFIG_ABSENT);
  EXPECT(instance_.depend("some.file").front() == '/');
}

void Veneer::try_dictionary() const {
  const radius::Dictionary dictionary = instance_.dictionary();
  EXPECT(dictionary.find("user-NAME") == user_name_.handle() && !dictionary.find("No-Such-Attribute"));
  EXPECT(dictionary.suggest("Usr-Name") == "User-Name" && !dictionary.suggest("Zzzzzzzzzzzzzzzzz"));
  EXPECT(dictionary.describe(tunnel_type_).number == 64 && dictionary.name(tunnel_type_) == "Tunnel-Type");
  EXPECT(throws(RADIUS_ERR_NOT_FOUND, [&] { dictionary.describe(0); }));
  EXPECT(dictionary.value(service_type_, "Framed-User") == 2u && !dictionary.value(service_type_, "Nobody"));
  EXPECT(dictionary.value_name(service_type_, 2) == "Framed-User" && !dictionary.value_name(service_type_, 77777));
  const std::vector<uint8_t> octets = dictionary.parse(framed_ip_, "192.0.2.1");
  EXPECT(octets == std::vector<uint8_t>{192, 0, 2, 1} && dictionary.print(framed_ip_, octets) == "192.0.2.1");
  const std::string text(200, 'x');
  EXPECT(dictionary.print(user_name_, radius::Octets(text)).size() >= 200);
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { dictionary.parse(framed_ip_, "192.0.2.256"); }));
  EXPECT(throws(RADIUS_ERR_NOT_FOUND, [&] { instance_.attribute("Usr-Name"); }));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { instance_.attribute<uint32_t>("User-Name"); }));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { instance_.attribute<uint16_t>("Session-Timeout"); }));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { instance_.attribute<radius::Octets>("IP-Port-Limit-Info"); }));
}

void Veneer::try_host() const {
  uint8_t random[8] = {};
  instance_.random(random, sizeof random);
  EXPECT(instance_.monotonic_ns() > 0 && instance_.wall_clock_us() > 1700000000000000);
  EXPECT(instance_.enabled(radius::Level::Error) && !instance_.enabled(static_cast<radius::Level>(99)));
  EXPECT(throws(RADIUS_ERR_UNSUPPORTED, [&] { instance_.extension<radius_store_v1_t>("radius.store/2"); }));
  instance_.log_debug("debug");
  instance_.log_info("info");
}

void Veneer::try_info(radius::Request& request) const {
  const radius_request_info_t info = request.info();
  EXPECT(info.code == RADIUS_CODE_ACCESS_REQUEST && radius::to_view(info.client) == "tester");
  EXPECT(!request.is_offloaded() && !request.is_protected() && request.round() == 0);
}

void Veneer::try_reading(radius::Request& request) const {
  EXPECT(request.get(user_name_) == "bob" && request.get<std::string_view>(user_name_.handle()) == "bob");
  EXPECT(request.get(service_type_) == 2u && request.get<uint64_t>(service_type_.handle()) == 2u);
  EXPECT(!request.get(session_timeout_));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { request.get<uint32_t>(user_name_.handle()); }));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { request.get<radius::Ipv6>(framed_ip_.handle()); }));
  EXPECT(to_string(*request.get(framed_ip_)) == "10.0.0.1");
  std::string classes;
  for (const radius::Octets one : request.all(class_)) classes += std::string(one.text()) + ";";
  for (const radius::Octets one : request.all<radius::Octets>(class_.handle())) classes += std::to_string(one.size());
  EXPECT(classes == "one;two;33");
  int steps = 0;
  for (const radius::Attribute attribute : request.request()) steps += attribute.size() > 0;
  EXPECT(steps > 4);
  const auto name = request.request().find(user_name_);
  EXPECT(name && name->is(user_name_) && !name->tag() && name->raw()->size() == 5 && name->text() == "bob");
  EXPECT(!name->is_sensitive() && !name->is_invalid() && !name->is_internal());
  EXPECT(request.request().find(service_type_)->integer() == 2u);
  EXPECT(!request.request().find_next(*name) && !(name->children().begin() != name->children().end()));
  const auto limit = request.request().find(port_limit_info_);
  EXPECT(limit && limit->child(port_type_) == 7u && !limit->child(session_timeout_));
  for (const radius::Attribute child : limit->children()) EXPECT(child.is(port_type_));
}

void Veneer::try_writing(radius::Request& request) const {
  radius::List reply = request.reply();
  const radius::Ipv6 address{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  const radius::Ethernet hardware{{2, 0, 0, 0, 0, 1}};
  const std::vector<uint8_t> octets{1, 2};
  reply.add(session_timeout_, 3600);
  reply.add(session_timeout_.handle(), 60u);
  reply.add(tunnel_type_, 13, radius::Tag(1));
  reply.add("Tunnel-Type:2", "VLAN");
  reply.add_parsed(service_type_, "Framed-User");
  reply.add(framed_ip_, radius::Ipv4{{192, 0, 2, 1}});
  reply.add(login_ipv6_, address);
  reply.add(framed_prefix_, radius::Prefix{address.octets, 33, true});
  reply.add(interface_id_, radius::InterfaceId{{0, 0, 0, 0, 0, 0, 0, 1}});
  reply.add(timestamp_, radius::Time{1764244400});
  reply.add(class_, octets);
  reply.add(octets64_, uint64_t{1} << 40);
  reply.add(hardware_, hardware);
  reply.add(said_, 65535);
  EXPECT(reply.get(login_ipv6_) == address && reply.get(framed_prefix_)->length == 33);
  EXPECT(to_string(*reply.get(framed_prefix_)) == "2001:db8::/33" && reply.get(hardware_) == hardware);
  EXPECT(to_string(*reply.get(interface_id_)) == "0:0:0:1" && to_string(*reply.get(hardware_)) == "02:00:00:00:00:01");
  EXPECT(to_string(*reply.get(timestamp_)) == "2025-11-27T11:53:20Z" && reply.get(octets64_) == uint64_t{1} << 40);
  EXPECT(reply.get(class_) == radius::Octets(octets) && reply.get(said_) == 65535);
  const auto tagged = reply.find(tunnel_type_);
  EXPECT(tagged && tagged->tag() == 1 && reply.find_next(*tagged)->tag() == 2 && !tagged->raw());
  // What has no type is written by what it is.
  reply.add(framed_ip_.handle(), radius::Ipv4{});
  reply.add(login_ipv6_.handle(), address);
  reply.add(framed_prefix_.handle(), radius::Prefix{{}, 0, true});
  reply.add(interface_id_.handle(), radius::InterfaceId{});
  reply.add(hardware_.handle(), hardware);
  reply.add(timestamp_.handle(), radius::Time{1});
  reply.add(class_.handle(), radius::Octets(octets));
  reply.add(user_name_.handle(), "bob");
  EXPECT(reply.remove(framed_ip_) == 2 && reply.remove(framed_ip_) == 0);
  reply.replace(session_timeout_, 5);
  EXPECT(reply.get(session_timeout_) == 5u && !reply.find_next(*reply.find(session_timeout_)));
  // Each of these must be refused, and change nothing.
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { reply.add(session_timeout_, -1); }));
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { reply.add(session_timeout_.handle(), -1); }));
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { reply.add(session_timeout_, uint64_t{1} << 32); }));
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { reply.add(session_timeout_, 1, radius::Tag(1)); }));
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { reply.add(tunnel_type_, 13, radius::Tag(32)); }));
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { reply.add(said_, 65536); }));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { reply.add(user_name_.handle(), 5); }));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { reply.add(user_name_.handle(), address); }));
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { reply.add_parsed(service_type_, "No-Such-User"); }));
  EXPECT(throws(RADIUS_ERR_NOT_FOUND, [&] { reply.add("Nothing", "VLAN"); }));
  EXPECT(throws(RADIUS_ERR_HOST_OWNED, [&] { reply.add("Proxy-State", "0x01"); }));
  EXPECT(throws(RADIUS_ERR_INVALID, [&] { reply.add(password_, "hush"); }));
  EXPECT(reply.get(session_timeout_) == 5u && !reply.find_next(*reply.find(session_timeout_)));
}

void Veneer::try_lists(radius::Request& request) const {
  radius::List reply = request.reply();
  {
    radius::Group group = reply.group(port_limit_info_);
    group.add(port_type_, 7);
  }
  EXPECT(reply.find(port_limit_info_)->child(port_type_) == 7u);
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { radius::Group group = reply.group(port_limit_info_); }));  // it is empty
  EXPECT(throws(RADIUS_ERR_RANGE, [&] { reply.group(port_limit_info_).end(); }));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { radius::Group group = reply.group(user_name_); }));
  EXPECT(throws(RADIUS_ERR_TYPE, [&] {
    radius::Group group = reply.group(port_limit_info_);
    group.add(user_name_.handle(), 7);  // its error comes out, and not the group's
  }));
  reply.append(prebuilt_);
  radius::OwnList own(instance_);
  own.add(password_, "hush");
  EXPECT(throws(RADIUS_ERR_INVALID, [&] { reply.append(own); }));
  request.control().append(own);
  EXPECT(request.control().find(password_)->is_internal());
  EXPECT(throws(RADIUS_ERR_STATE, [&] { own.prebuild(); }));  // in the constructor alone
  EXPECT(throws(RADIUS_ERR_STATE, [&] { drop(instance_, prebuilt_); }));
}

struct Round {
  explicit Round(int& alive_of) : alive(alive_of) { ++alive; }
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;
  ~Round() { --alive; }
  int& alive;
};

void Veneer::try_conversation(radius::Request& request) const {
  int alive = 0;
  auto conversation = request.conversation<Round>();
  EXPECT(!conversation && conversation.get() == nullptr && conversation.round() == 0);
  conversation.emplace(alive);
  EXPECT(conversation && alive == 1 && &conversation->alive == &alive);
  EXPECT(request.conversation<Round>().get() == &*conversation);
  EXPECT(throws(RADIUS_ERR_TYPE, [&] { request.conversation<std::string>(); }));
  conversation.reset(std::make_unique<Round>(alive));
  EXPECT(alive == 1);
  conversation.reset();
  EXPECT(!conversation && alive == 0 && !request.conversation<Round>());
}

void Veneer::try_tokens(radius::Request& request) const {
  const radius_token_t token = radius::Pending(request.defer()).let_go();  // nobody owes it a verdict now
  EXPECT(token != 0);
  radius::Pending pending(instance_, token);
  EXPECT(pending.token() == token);
  {
    radius::Held held = pending.acquire();
    EXPECT(held && held->get() == request.get() && (*held).get(user_name_) == "bob");
    EXPECT(throws(RADIUS_ERR_STATE, [&] { held->thread(); }));
    EXPECT(!pending.acquire() && !pending.with([](radius::Request&) {}));  // one at a time
    EXPECT(held.release() && !held.release());
  }
  EXPECT(pending.with([](radius::Request& held) { held.reply().add("Reply-Message", "held"); }));
  {
    const radius::Held held(instance_, token);
    EXPECT(held && !pending.accept() && pending.token() == token);  // it is another's: the verdict is owed still
  }
  radius::Pending moved(std::move(pending));
  EXPECT(!pending.accept() && moved.token() == token);
  EXPECT(!radius::Pending(instance_, token + 1).reject());  // no such request
  pending = std::move(moved);
  pending.let_go();
}

}  // namespace

RADIUS_PLUGIN(Veneer, "org.radhost.test.veneer", "1.0.0", "tries the veneer")
