// SPDX-License-Identifier: Apache-2.0
/// "radius.subrequest/1": a request inside a request, run through a [chain.NAME].
#ifndef RADIUS_CPP_CHAIN_HPP
#define RADIUS_CPP_CHAIN_HPP

#include <radius/ext/subrequest.h>
#include <radius/cpp/request.hpp>
#include <radius/cpp/thread.hpp>
#include <radius/cpp/verdict.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace radius {

/// What a subrequest came to; borrowed for the call.
class Outcome {
 public:
  Outcome(const radius_host_v1_t& host, radius_verdict_t verdict, const radius_list_t* reply)
      : host_(&host), verdict_(verdict), reply_(reply) {}

  /// The outer request has ended first; there is no verdict then.
  bool is_gone() const { return verdict_ == RADIUS_ERR_GONE; }
  Verdict verdict() const { return static_cast<Verdict>(verdict_); }
  /// What the inner handlers wrote; empty after a failure.
  ListView reply() const { return {*host_, reply_}; }

 private:
  const radius_host_v1_t* host_;
  radius_verdict_t verdict_;
  const radius_list_t* reply_;
};

/// A [chain.NAME]; made in the module's constructor.
class Chain {
 public:
  /// Throws Error when there is no such chain.
  Chain(const Instance& instance, std::string_view name)
      : table_(&instance.extension<radius_subrequest_v1_t>(RADIUS_EXT_SUBREQUEST)) {
    const radius_status_t status = table_->chain(instance.get(), to_text(name), &chain_);
    if (status != RADIUS_OK) throw Error(status, "there is no chain \"" + std::string(name) + "\"");
  }

  /// Runs an Access-Request with these attributes inside of the one in hand. `done(const Outcome&)` comes exactly once,
  /// on this thread, perhaps before this returns; what cannot be run throws Error, and then it does not come.
  template <class Done>
  void run(Thread& thread, const Request& outer, const ListView& attributes, Done done) const {
    auto call = std::make_unique<Call<Done>>(thread.instance(), std::move(done));
    // The host may call back before `run` returns; by then the call has ended itself.
    Call<Done>* const given = call.release();
    const radius_status_t status =
        table_->run(thread.get(), chain_, outer.get(), attributes.get(), &Call<Done>::done, given);
    if (status == RADIUS_OK) return;
    delete given;
    require(status, "run");
  }
  template <class Done>
  void run(const Request& outer, const ListView& attributes, Done done) const {
    run(outer.thread(), outer, attributes, std::move(done));
  }

 private:
  template <class Done>
  struct Call {
    Call(const Instance& runner, Done body_of) : instance(&runner), body(std::move(body_of)) {}
    static void done(void* data, radius_verdict_t verdict, const radius_list_t* reply) {
      const std::unique_ptr<Call> call(static_cast<Call*>(data));
      const radius_host_v1_t& host = call->instance->host();
      detail::guard_callback(&host, call->instance->get(), [&] { call->body(Outcome(host, verdict, reply)); });
    }
    const Instance* instance;
    Done body;
  };

  const radius_subrequest_v1_t* table_;
  radius_chain_t chain_ = 0;
};

}  // namespace radius

#endif
