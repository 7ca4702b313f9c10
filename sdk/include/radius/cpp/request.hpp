// SPDX-License-Identifier: Apache-2.0
/// One request in a handler.
#ifndef RADIUS_CPP_REQUEST_HPP
#define RADIUS_CPP_REQUEST_HPP

#include <radius/request.h>
#include <radius/cpp/conversation.hpp>
#include <radius/cpp/group.hpp>
#include <radius/cpp/instance.hpp>
#include <radius/cpp/list.hpp>

#include <optional>
#include <string_view>

namespace radius {

class Pending;
class Thread;

/// One request in a handler, or between acquire and the answer to it.
class Request : public LogLevels<Request> {
 public:
  /// `thread`: the one that calls the handler; null for who holds the request elsewhere.
  Request(const Instance& instance, radius_request_t* request, Thread* thread = nullptr)
      : instance_(&instance), request_(request), thread_(thread) {}

  /// Its three lists: as received, what the answer will carry, and notes between the handlers of a chain.
  ListView request() const { return {host(), list(RADIUS_LIST_REQUEST)}; }
  List reply() { return {host(), list(RADIUS_LIST_REPLY)}; }
  List control() { return {host(), list(RADIUS_LIST_CONTROL)}; }

  /// The first value of a received attribute, and all of them.
  template <class T>
  std::optional<T> get(Attr<T> attr) const {
    return request().get(attr);
  }
  template <class T>
  std::optional<T> get(radius_attr_t attr) const {
    return request().template get<T>(attr);
  }
  template <class T>
  Values<T> all(Attr<T> attr) const {
    return request().all(attr);
  }
  template <class T>
  Values<T> all(radius_attr_t attr) const {
    return request().template all<T>(attr);
  }

  /// All that is known of it beside its attributes. Texts in it live as long as the request.
  radius_request_info_t info() const {
    radius_request_info_t info{};
    info.size = sizeof info;
    require(host().requests->info(request_, &info), "info");
    return info;
  }
  /// Does this call run on a pool thread, where it may block?
  bool is_offloaded() const { return (info().flags & RADIUS_REQUEST_OFFLOADED) != 0; }
  /// Does a valid Message-Authenticator, or a TLS connection, vouch for it?
  bool is_protected() const { return (info().flags & RADIUS_REQUEST_PROTECTED) != 0; }

  /// The thread that its handler runs on. Throws Error where there is none, as after `Pending::acquire`.
  Thread& thread() const {
    if (thread_ == nullptr) throw Error(RADIUS_ERR_STATE, "no handler of this request is running");
    return *thread_;
  }

  /// Answers later: keep what this returns, and return Verdict::Pending.
  [[nodiscard]] Pending defer() const;

  /// What earlier rounds of the conversation have left. Throws Error when that is of another type.
  template <class T>
  Conversation<T> conversation() const {
    return {host(), request_};
  }
  /// The number of the round in hand: 0 for a new request.
  uint32_t round() const { return host().conversations->round(request_); }

  /// A line that carries the request's number.
  void log(Level level, std::string_view message) const {
    host().log->write_for(request_, static_cast<radius_level_t>(level), to_text(message));
  }
  bool enabled(Level level) const { return instance_->enabled(level); }

  const Instance& instance() const { return *instance_; }
  radius_request_t* get() const { return request_; }

 private:
  const radius_host_v1_t& host() const { return instance_->host(); }
  radius_list_t* list(radius_list_kind_t kind) const { return host().requests->list(request_, kind); }

  const Instance* instance_;
  radius_request_t* request_;
  Thread* thread_;
};

}  // namespace radius

#endif
