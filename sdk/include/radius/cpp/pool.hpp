// SPDX-License-Identifier: Apache-2.0
/// "radius.client/1": requests to other servers, through a [pool.NAME] of the configuration.
#ifndef RADIUS_CPP_POOL_HPP
#define RADIUS_CPP_POOL_HPP

#include <radius/ext/client.h>
#include <radius/cpp/request.hpp>
#include <radius/cpp/thread.hpp>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace radius {

/// What a server answered, or why none did; borrowed for the call.
class Answer {
 public:
  Answer(const radius_host_v1_t& host, radius_status_t status, uint32_t code, const radius_list_t* list)
      : host_(&host), status_(status), code_(code), list_(list) {}

  /// RADIUS_OK; RADIUS_ERR_TIMEOUT when no server answered; RADIUS_ERR_GONE when it was cancelled.
  radius_status_t status() const { return status_; }
  bool ok() const { return status_ == RADIUS_OK; }
  /// The packet's code: 2 for an Access-Accept.
  uint32_t code() const { return code_; }
  /// The attributes. Only of an answer.
  ListView list() const { return {*host_, list_}; }

 private:
  const radius_host_v1_t* host_;
  radius_status_t status_;
  uint32_t code_;
  const radius_list_t* list_;
};

/// What `forward` changes of a request.
struct Edits {
  std::vector<radius_attr_t> remove;
  const List* add = nullptr;
};

/// A [pool.NAME]; made in the module's constructor. `done(const Answer&)` comes exactly once, on the thread that sent;
/// what cannot be sent throws Error, and then it does not come.
class Pool {
 public:
  /// Throws Error when there is no such pool.
  Pool(const Instance& instance, std::string_view name)
      : table_(&instance.extension<radius_client_v1_t>(RADIUS_EXT_CLIENT)) {
    const radius_status_t status = table_->pool(instance.get(), to_text(name), &pool_);
    if (status != RADIUS_OK) throw Error(status, "there is no pool \"" + std::string(name) + "\"");
  }

  /// Sends a request of the module's own. The number may end it before, by `cancel`.
  template <class Done>
  radius_exchange_t send(Thread& thread, uint32_t code, const List& attributes, Done done) const {
    radius_exchange_t exchange = 0;
    auto call = make(thread, std::move(done));
    require(table_->send(thread.get(), pool_, code, attributes.get(), &Call<Done>::done, call.get(), &exchange),
            "send");
    static_cast<void>(call.release());
    return exchange;
  }
  /// Forwards the request in hand: what the edits do not name goes out octet for octet.
  template <class Done>
  radius_exchange_t forward(const Request& request, const Edits& edits, Done done) const {
    radius_exchange_t exchange = 0;
    auto call = make(request.thread(), std::move(done));
    require(
        table_->forward(request.thread().get(), pool_, request.get(), edits.remove.data(),
                        static_cast<uint32_t>(edits.remove.size()), edits.add == nullptr ? nullptr : edits.add->get(),
                        &Call<Done>::done, call.get(), &exchange),
        "forward");
    static_cast<void>(call.release());
    return exchange;
  }
  /// Gives up: the call with RADIUS_ERR_GONE comes before this returns. False when it has ended already.
  bool cancel(Thread& thread, radius_exchange_t exchange) const {
    return table_->cancel(thread.get(), exchange) == RADIUS_OK;
  }

 private:
  template <class Done>
  struct Call {
    Call(const Instance& sender, Done body_of) : instance(&sender), body(std::move(body_of)) {}
    static void done(void* data, radius_exchange_t, radius_status_t status, uint32_t code,
                     const radius_list_t* answer) {
      const std::unique_ptr<Call> call(static_cast<Call*>(data));
      const radius_host_v1_t& host = call->instance->host();
      detail::guard_callback(&host, call->instance->get(), [&] { call->body(Answer(host, status, code, answer)); });
    }
    const Instance* instance;
    Done body;
  };
  template <class Done>
  static std::unique_ptr<Call<Done>> make(Thread& thread, Done done) {
    return std::make_unique<Call<Done>>(thread.instance(), std::move(done));
  }

  const radius_client_v1_t* table_;
  radius_pool_t pool_ = 0;
};

}  // namespace radius

#endif
