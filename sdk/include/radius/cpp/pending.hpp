// SPDX-License-Identifier: Apache-2.0
/// Answering later.
#ifndef RADIUS_CPP_PENDING_HPP
#define RADIUS_CPP_PENDING_HPP

#include <radius/token.h>
#include <radius/cpp/request.hpp>
#include <radius/cpp/verdict.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace radius {

class Pending;

/// A request in this thread's hands, pinned until this ends, or until the Pending it came from has its verdict. Empty
/// when the request has ended, or another holds it.
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
    radius_request_t* const pinned = let_go();
    return instance_->host().tokens->release(instance_->get(), token_, pinned) == RADIUS_OK;
  }

 private:
  friend class Pending;
  explicit Held(Pending& pending);
  radius_request_t* let_go();

  const Instance* instance_;
  radius_token_t token_;
  std::optional<Request> request_;
  Pending* pending_ = nullptr;
};

/// A request that is to be answered later, from any thread, once. Whoever has this owes it a verdict: if it ends
/// without one, the request is answered as Unable. Its functions say whether the verdict was in time: a request whose
/// deadline has passed is not there any more, and one that somebody else holds waits for another call. It ends before
/// the module does.
class Pending {
 public:
  /// Takes over a token, whose verdict this owes from now on.
  Pending(const Instance& instance, radius_token_t token) : instance_(&instance), token_(token) {}
  Pending(Pending&& other) noexcept : instance_(other.instance_) { take(other); }
  Pending& operator=(Pending&& other) noexcept {
    if (this == &other) return *this;
    if (token_ != 0) unable();
    let_go();
    instance_ = other.instance_;
    take(other);
    return *this;
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() {
    if (token_ != 0) unable();
    let_go();
  }

  bool accept() { return complete(Verdict::Accept); }
  bool reject() { return complete(Verdict::Reject); }
  bool challenge() { return complete(Verdict::Challenge); }
  bool drop() { return complete(Verdict::Drop); }
  bool unable() { return complete(Verdict::Unable); }
  /// The next handler's turn.
  bool pass() { return complete(Verdict::Pass); }
  /// A failure, as if the handler had thrown it.
  bool fail(radius_status_t status, std::string_view why = {}) {
    if (token_ != 0 && !why.empty()) instance_->host().log->explain(instance_->get(), to_text(why));
    return complete(static_cast<Verdict>(status));
  }

  /// `flags`: RADIUS_COMPLETE_PROXIED for a verdict that came from another server.
  bool complete(Verdict verdict, uint32_t flags = 0) {
    if (token_ == 0) return false;
    radius_request_t* const pinned = held_ == nullptr ? nullptr : held_->request_->get();
    const radius_status_t status = instance_->host().tokens->complete(instance_->get(), token_, pinned,
                                                                      static_cast<radius_verdict_t>(verdict), flags);
    if (status != RADIUS_OK && status != RADIUS_ERR_GONE) return false;
    if (held_ != nullptr) held_->let_go();
    token_ = 0;
    return status == RADIUS_OK;
  }

  /// The request, to read and to write: `if (auto held = pending.acquire()) held->reply().add(…)`.
  [[nodiscard]] Held acquire() { return Held(*this); }
  /// Calls `body(Request&)` with it. False, without a call, when it has ended or another holds it.
  template <class Body>
  bool with(Body&& body) {
    Held held = acquire();
    if (!held) return false;
    std::forward<Body>(body)(*held);
    return true;
  }

  /// What the module's `cancel` is told. 0 once a verdict was given.
  radius_token_t token() const { return token_; }
  /// Gives up the token; its verdict is somebody else's business now.
  radius_token_t let_go() {
    if (held_ != nullptr) std::exchange(held_, nullptr)->pending_ = nullptr;
    return std::exchange(token_, 0);
  }

 private:
  friend class Held;
  void take(Pending& other) {
    held_ = std::exchange(other.held_, nullptr);
    if (held_ != nullptr) held_->pending_ = this;
    token_ = std::exchange(other.token_, 0);
  }

  const Instance* instance_;
  radius_token_t token_ = 0;
  Held* held_ = nullptr;
};

// GCC does not see that ~Held takes back what it left with its Pending.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdangling-pointer"
#endif
inline Held::Held(Pending& pending) : Held(*pending.instance_, pending.token_) {
  if (!request_) return;
  pending_ = &pending;
  pending.held_ = this;
}
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic pop
#endif

/// Gives what was pinned; it is for the caller to unpin it.
inline radius_request_t* Held::let_go() {
  if (pending_ != nullptr) std::exchange(pending_, nullptr)->held_ = nullptr;
  radius_request_t* const pinned = request_->get();
  request_.reset();
  return pinned;
}

inline Pending Request::defer() const {
  const radius_token_t token = host().tokens->token(request_);
  if (token == 0) throw Error(RADIUS_ERR_STATE, "this request cannot be answered later");
  return Pending(*instance_, token);
}

}  // namespace radius

#endif
