// SPDX-License-Identifier: Apache-2.0
/// Answering later.
#ifndef RADIUS_CPP_PENDING_HPP
#define RADIUS_CPP_PENDING_HPP

#include <radius/token.h>
#include <radius/cpp/request.hpp>
#include <radius/cpp/verdict.hpp>

#include <optional>
#include <utility>

namespace radius {

/// A request in this thread's hands, pinned until this ends. Empty when the request has ended, or another holds it.
class Held {
 public:
  Held(const Instance& instance, radius_token_t token) : instance_(&instance), token_(token) {
    if (radius_request_t* request = instance.host().tokens->acquire(instance.get(), token))
      request_.emplace(instance, request);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { release(); }

  explicit operator bool() const { return request_.has_value(); }
  Request& operator*() { return *request_; }
  Request* operator->() { return &*request_; }

  /// Lets go of it before this ends. False when the request has ended meanwhile.
  bool release() {
    if (!request_) return false;
    request_.reset();
    return instance_->host().tokens->release(instance_->get(), token_) == RADIUS_OK;
  }

 private:
  const Instance* instance_;
  radius_token_t token_;
  std::optional<Request> request_;
};

/// A request that is to be answered later, from any thread, once. Whoever has this owes it a verdict: if it ends
/// without one, the request is answered as Unable. Its functions say whether the verdict was in time: a request whose
/// deadline has passed is not there any more. It ends before the module does.
class Pending {
 public:
  /// Takes over a token, whose verdict this owes from now on.
  Pending(const Instance& instance, radius_token_t token) : instance_(&instance), token_(token) {}
  Pending(Pending&& other) noexcept : instance_(other.instance_), token_(other.let_go()) {}
  Pending& operator=(Pending&& other) noexcept {
    if (this == &other) return *this;
    if (token_ != 0) unable();
    instance_ = other.instance_;
    token_ = other.let_go();
    return *this;
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() {
    if (token_ != 0) unable();
  }

  bool accept() { return complete(Verdict::Accept); }
  bool reject() { return complete(Verdict::Reject); }
  bool challenge() { return complete(Verdict::Challenge); }
  bool drop() { return complete(Verdict::Drop); }
  bool unable() { return complete(Verdict::Unable); }
  /// The next handler's turn.
  bool pass() { return complete(Verdict::Pass); }
  /// A failure, as if the handler had thrown it.
  bool fail(radius_status_t status) { return complete(static_cast<Verdict>(status)); }

  /// `flags`: RADIUS_COMPLETE_PROXIED for a verdict that came from another server.
  bool complete(Verdict verdict, uint32_t flags = 0) {
    if (token_ == 0) return false;
    return instance_->host().tokens->complete(instance_->get(), let_go(), static_cast<radius_verdict_t>(verdict),
                                              flags) == RADIUS_OK;
  }

  /// The request, to read and to write: `if (auto held = pending.acquire()) held->reply().add(…)`.
  [[nodiscard]] Held acquire() const { return Held(*instance_, token_); }
  /// Calls `body(Request&)` with it. False, without a call, when it has ended or another holds it.
  template <class Body>
  bool with(Body&& body) const {
    Held held = acquire();
    if (!held) return false;
    std::forward<Body>(body)(*held);
    return true;
  }

  /// What the module's `cancel` is told. 0 once a verdict was given.
  radius_token_t token() const { return token_; }
  /// Gives up the token; its verdict is somebody else's business now.
  radius_token_t let_go() { return std::exchange(token_, 0); }

 private:
  const Instance* instance_;
  radius_token_t token_;
};

inline Pending Request::defer() const {
  const radius_token_t token = host().tokens->token(request_);
  if (token == 0) throw Error(RADIUS_ERR_STATE, "this request cannot be answered later");
  return Pending(*instance_, token);
}

}  // namespace radius

#endif
