// SPDX-License-Identifier: Apache-2.0
/// A tunnel: runs what Callback-Id and Callback-Number name, as user and password, through a chain of the
/// configuration, and answers as that does; or what it received, where the Callback-Id is "copy". The User-Name says
/// how:
///
///     tunnel   waits for the inner verdict and passes it on; a challenge too
///     leave    does not wait, and accepts
///     many     begins as many as it can, waits for all, and accepts
///     pool     tries it on a pool thread
///     wrong    tries what may not be
///     late     holds on to its request, and tries it when the deadline of that is over
///     finish   accepts, and tries it in handle_finish
#include <radius/ext/subrequest.h>
#include <radius/plugin.hpp>

#include <memory>
#include <string>

namespace {

class Tunnel {
 public:
  explicit Tunnel(radius::Instance& instance)
      : instance_(instance),
        user_name_(instance.attribute("User-Name")),
        password_(instance.attribute("User-Password")),
        inner_name_(instance.attribute("Callback-Id")),
        inner_password_(instance.attribute("Callback-Number")),
        note_(instance.attribute("Cleartext-Password")),
        message_(instance.attribute("Reply-Message")),
        state_(instance.attribute("State")),
        table_(&instance.extension<radius_subrequest_v1_t>(RADIUS_EXT_SUBREQUEST)) {
    std::string name = instance.text("chain").value_or("inner");
    if (table_->chain(instance.get(), radius::to_text(name), &chain_) != RADIUS_OK)
      instance.reject("chain", "there is no chain \"" + name + "\"");
    radius_chain_t none = 7;
    bool is_refused = table_->chain(instance.get(), radius::to_text("no-such-chain"), &none) == RADIUS_ERR_NOT_FOUND &&
                      none == 0 && table_->chain(instance.get(), radius::to_text(name), nullptr) == RADIUS_ERR_INVALID;
    if (!is_refused) throw radius::Error(RADIUS_ERR_INTERNAL, "a chain that is none was found");
  }

  radius::Verdict access(radius::Request& request) {
    return static_cast<radius::Verdict>(handle(request.thread().get(), request));
  }
  radius::Verdict accounting(radius::Request& request) { return access(request); }

  void finish(radius::Request& request, radius::Verdict) {
    auto name = request.request().find(user_name_);
    bool tries = request.info().depth == 0 && name && name->text() == "finish";
    if (!tries) return;
    Call call{this, nullptr, 0, "finish", 0, RADIUS_PENDING};
    log("finish", "run", run(request.thread().get(), request, call));
  }

 private:
  radius_verdict_t handle(radius_thread_t* thread, radius::Request& request) {
    auto name = request.request().find(user_name_);
    auto inner = request.request().find(inner_name_);
    if (!name || !inner) return RADIUS_PASS;
    std::string way(request.info().depth == 0 ? name->text() : "tunnel");
    std::string inner_name(inner->text());
    if (way == "pool" && !request.is_offloaded()) return RADIUS_OFFLOAD;
    if (way == "wrong") return try_wrong(thread, request);
    if (way == "many") return run_many(thread, request);
    if (way == "late") return hold(thread, request);
    if (way == "finish") return RADIUS_ACCEPT;

    auto* call = new Call{this, &request, 0, inner_name, 0, RADIUS_PENDING};
    radius_status_t status = run(thread, request, *call);
    if (status != RADIUS_OK) {
      delete call;
      request.reply().add(message_, "run " + std::to_string(status) + " at depth " +
                                        std::to_string(request.info().depth) + " for " + client_of(request));
      return RADIUS_REJECT;
    }
    if (call->calls != 0) {  // at once
      radius_verdict_t verdict = call->verdict;
      log(inner_name, "at once", verdict);
      delete call;
      return verdict;
    }
    call->outer = nullptr;
    if (way == "leave") return RADIUS_ACCEPT;
    call->token = instance_.host().tokens->token(request.get());
    return RADIUS_PENDING;
  }

  struct Call {
    Tunnel* tunnel;
    radius::Request* outer;  // while its handler runs
    radius_token_t token;
    std::string name;
    int calls;
    radius_verdict_t verdict;
  };

  /// What the inner request holds: the name, the password, and what leads further in.
  radius_status_t run(radius_thread_t* thread, radius::Request& request, Call& call) {
    radius::OwnList attributes(instance_);
    auto name = request.request().find(inner_name_);
    // Its own attributes, as they were received.
    if (name->text() == "copy")
      return table_->run(thread, chain_, request.get(), request.request().get(), &Tunnel::done, &call);
    attributes.add(user_name_, name->text());
    attributes.add(inner_name_, name->text());
    if (auto password = request.request().find(inner_password_)) {
      attributes.add(password_, password->text());
      attributes.add(inner_password_, password->text());
    }
    return table_->run(thread, chain_, request.get(), attributes.get(), &Tunnel::done, &call);
  }

  static void done(void* data, radius_verdict_t verdict, const radius_list_t* reply) {
    auto& call = *static_cast<Call*>(data);
    ++call.calls;
    call.verdict = verdict;
    call.tunnel->answer(call, verdict, reply);
  }

  void answer(Call& call, radius_verdict_t verdict, const radius_list_t* reply) {
    if (call.calls > 1) log(call.name, "CALLED AGAIN", verdict);
    if (call.outer != nullptr) return pass_on(*call.outer, reply);
    log(call.name, "later", verdict);
    std::unique_ptr<Call> owned(&call);
    if (call.token == 0) return;
    radius_request_t* acquired = instance_.host().tokens->acquire(instance_.get(), call.token);
    if (acquired != nullptr) {
      radius::Request request(instance_, acquired);
      pass_on(request, reply);
    }
    radius_status_t status = instance_.host().tokens->complete(instance_.get(), call.token, acquired, verdict, 0);
    if (acquired == nullptr) log(call.name, "complete", status);
  }

  void pass_on(radius::Request& outer, const radius_list_t* reply) {
    radius_view_t view{};
    if (instance_.host().lists->find(reply, state_, &view) == RADIUS_OK) log("?", "A STATE IS SEEN", 0);
    outer.reply().append(radius::ListView(instance_.host(), reply));
  }

  struct Count {
    int begun = 0;
    int ended = 0;
    radius_token_t token = 0;
    Tunnel* tunnel = nullptr;
  };
  radius_verdict_t run_many(radius_thread_t* thread, radius::Request& request) {
    auto* count = new Count;
    count->tunnel = this;
    count->token = instance_.host().tokens->token(request.get());
    radius::OwnList attributes(instance_);
    attributes.add(user_name_, request.request().find(inner_name_)->text());
    auto counted = [](void* data, radius_verdict_t, const radius_list_t*) {
      auto& all = *static_cast<Count*>(data);
      if (++all.ended != all.begun) return;
      Tunnel& tunnel = *all.tunnel;
      tunnel.instance_.host().tokens->complete(tunnel.instance_.get(), all.token, nullptr, RADIUS_ACCEPT, 0);
      delete &all;
    };
    radius_status_t status = RADIUS_OK;
    while (count->begun < 10000) {
      ++count->begun;
      status = table_->run(thread, chain_, request.get(), attributes.get(), counted, count);
      if (status == RADIUS_OK) continue;
      --count->begun;
      break;
    }
    request.reply().add(message_, "began " + std::to_string(count->begun) + " then " + std::to_string(status));
    return RADIUS_PENDING;
  }

  /// Each wrong call alone, and a right one among them to show that nothing else is wrong.
  radius_verdict_t try_wrong(radius_thread_t* thread, radius::Request& request) {
    radius::OwnList good(instance_), internal(instance_), large(instance_);
    good.add(user_name_, request.request().find(inner_name_)->text());
    internal.add(note_, "secret");
    for (int i = 0; i < 20; ++i) large.add(message_, std::string(250, 'x'));
    int calls = 0;
    auto counted = [](void* data, radius_verdict_t, const radius_list_t*) { ++*static_cast<int*>(data); };
    auto run = [&](radius_thread_t* on, radius_chain_t chain, radius_request_t* outer,
                   const radius_list_t* attributes) {
      return table_->run(on, chain, outer, attributes, counted, &calls);
    };
    std::string told;
    auto tell = [&](radius_status_t status) { told += (told.empty() ? "" : " ") + std::to_string(status); };
    tell(run(nullptr, chain_, request.get(), good.get()));
    tell(run(thread, 0, request.get(), good.get()));
    tell(run(thread, chain_ + 99, request.get(), good.get()));
    tell(run(thread, chain_, nullptr, good.get()));
    tell(run(thread, chain_, request.get(), nullptr));
    tell(table_->run(thread, chain_, request.get(), good.get(), nullptr, nullptr));
    tell(run(thread, chain_, request.get(), internal.get()));
    tell(run(thread, chain_, request.get(), large.get()));
    radius_chain_t chain = 0;
    tell(table_->chain(instance_.get(), radius::to_text("inner"), &chain));
    bool has_extension = instance_.host().extension(instance_.get(), radius::to_text(RADIUS_EXT_SUBREQUEST)) != nullptr;
    int calls_of_wrong = calls;
    tell(run(thread, chain_, request.get(), good.get()));
    request.reply().add(message_, told + ", " + std::to_string(calls_of_wrong) + " and " + std::to_string(calls) +
                                      " calls" + (has_extension ? ", EXTENSION" : ""));
    return RADIUS_ACCEPT;
  }

  struct Held {
    Tunnel* tunnel;
    radius_thread_t* thread;
    radius_request_t* request;
    radius_token_t token;
  };
  /// Pins the request until its deadline has passed.
  radius_verdict_t hold(radius_thread_t* thread, radius::Request& request) {
    radius_token_t token = instance_.host().tokens->token(request.get());
    auto* held = new Held{this, thread, instance_.host().tokens->acquire(instance_.get(), token), token};
    instance_.host().timers->start(
        thread, 400,
        [](void* data, radius_timer_t, radius_status_t status) {
          std::unique_ptr<Held> owned(static_cast<Held*>(data));
          if (status != RADIUS_OK) return;
          Tunnel& tunnel = *owned->tunnel;
          radius::Request late(tunnel.instance_, owned->request);
          Call call{&tunnel, nullptr, 0, "late", 0, RADIUS_PENDING};
          tunnel.log("late", "run", tunnel.run(owned->thread, late, call));
          tunnel.instance_.host().tokens->release(tunnel.instance_.get(), owned->token, owned->request);
        },
        held, nullptr);
    return RADIUS_PENDING;
  }

  static std::string client_of(const radius::Request& request) {
    radius_request_info_t info = request.info();
    return std::string(radius::to_view(info.client)) + " on " + std::string(radius::to_view(info.listener));
  }
  void log(const std::string& name, const std::string& event, int32_t value) {
    instance_.log_info(name + ": " + event + " " + std::to_string(value));
  }

  radius::Instance& instance_;
  radius_attr_t user_name_;
  radius_attr_t password_;
  radius_attr_t inner_name_;
  radius_attr_t inner_password_;
  radius_attr_t note_;
  radius_attr_t message_;
  radius_attr_t state_;
  const radius_subrequest_v1_t* table_;
  radius_chain_t chain_ = 0;
};

}  // namespace

RADIUS_PLUGIN(Tunnel, "org.radhost.test.tunnel", "1.0.0", "runs requests inside of requests")
