// SPDX-License-Identifier: Apache-2.0
/// Uses each class of the veneer and, as far as can be, nothing else: unloadable.sh looks at the symbols that it
/// leaves.
#include <radius/plugin.hpp>

using namespace std::chrono_literals;

namespace {

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

struct Settings {
  radius::SourceFile users;
  radius::FilePath log;
  radius::Secret secret;
  std::chrono::milliseconds timeout{2000};
  Mode mode = Mode::Slow;
  std::vector<Server> servers;
  std::map<std::string, int64_t> weights;
  std::optional<double> ratio;
  radius::Attr<uint32_t> attribute;
  void read(radius::Config& config) {
    config.required("users", users);
    config.optional("log", log);
    config.required("secret", secret);
    config.optional("timeout_ms", timeout, radius::Range{1ms, 60s});
    config.word("mode", mode, {{"slow", Mode::Slow}, {"fast", Mode::Fast}});
    config.optional("servers", servers);
    config.optional("weights", weights);
    config.optional("ratio", ratio);
    config.optional("attribute", attribute);
  }
};

class EveryClass {
 public:
  static constexpr auto threading = radius::Threading::Serial;
  explicit EveryClass(radius::Instance& instance)
      : settings_(instance.settings<Settings>()),
        number_(instance.attribute<uint32_t>("NAS-Port")),
        address_(instance.attribute<radius::Ipv6>("NAS-IPv6-Address")),
        tlv_(instance.attribute<radius::Tlv>("IP-Port-Limit-Info")),
        list_(instance),
        prebuilt_(list_.prebuild()),
        counter_(radius::Metrics(instance).counter("events", "Counted.")),
        gauge_(radius::Metrics(instance).gauge("level", "A level.")),
        histogram_(radius::Metrics(instance).histogram("took", "How long.", {1, 2})),
        store_(instance),
        pool_(instance, "homes"),
        chain_(instance, "inner"),
        descriptors_(instance) {}

  void start(radius::Starter starter) { starter.done(); }
  void stop() {}
  void reopen() {}
  void cancel(radius_token_t) {}
  void finish(radius::Request& request, radius::Verdict) { request.log_debug("finished"); }

  class Thread {
   public:
    Thread(EveryClass& of, radius::Thread& thread, radius::Starter starter) : of_(of), timer_(thread, 1h, [] {}) {
      starter.done();
    }
    radius::Verdict access(radius::Request& request) { return of_.answer(request, timer_, watch_); }

   private:
    EveryClass& of_;
    radius::Timer timer_;
    radius::Watch watch_;
  };

 private:
  radius::Verdict answer(radius::Request& request, radius::Timer& timer, radius::Watch& watch) {
    radius::List reply = request.reply();
    for (const uint32_t number : request.all(number_)) reply.add(number_, number, radius::Tag(1));
    if (const auto address = request.get(address_)) reply.add("Reply-Message", to_string(*address));
    for (const radius::Attribute attribute : request.request())
      for (const radius::Attribute child : attribute.children()) reply.add(number_.handle(), child.octets());
    {
      radius::Group group = reply.group(tlv_);
      group.add(number_, 1);
    }
    reply.append(prebuilt_);
    reply.replace(number_, 5);
    reply.add(number_.handle(), -5);
    request.conversation<Server>().emplace();
    counter_.add();
    gauge_.set(1);
    histogram_.observe(1);
    timer = radius::Timer(request.thread(), 1s, [] {});
    watch = descriptors_.watch(request.thread(), 0, RADIUS_FD_READABLE, [](uint32_t) {});
    store_.get(request.thread(), "key", [](const radius::StoreAnswer&) {});
    pool_.forward(request, {}, [](const radius::Answer& answer) { static_cast<void>(answer.list().empty()); });
    chain_.run(request, request.request(), [pending = request.defer()](const radius::Outcome& outcome) mutable {
      pending.with([&](radius::Request& held) { held.reply().append(outcome.reply()); });
      pending.complete(outcome.verdict());
    });
    return radius::Verdict::Pending;
  }

  Settings settings_;
  radius::Attr<uint32_t> number_;
  radius::Attr<radius::Ipv6> address_;
  radius::Attr<radius::Tlv> tlv_;
  radius::OwnList list_;
  radius::Prebuilt prebuilt_;
  radius::Counter counter_;
  radius::Gauge gauge_;
  radius::Histogram histogram_;
  radius::Store store_;
  radius::Pool pool_;
  radius::Chain chain_;
  radius::Descriptors descriptors_;
};

}  // namespace

RADIUS_PLUGIN(EveryClass, "org.radhost.test.every-class", "1.0.0", "uses each class of the veneer")
