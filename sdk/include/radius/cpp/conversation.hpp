// SPDX-License-Identifier: Apache-2.0
/// What one round of a conversation leaves for the next.
#ifndef RADIUS_CPP_CONVERSATION_HPP
#define RADIUS_CPP_CONVERSATION_HPP

#include <radius/cpp/error.hpp>

#include <memory>
#include <utility>

namespace radius {

/// The data of the conversation in hand, as a std::unique_ptr would have it; the host keeps it from round to round, and
/// ends it with the conversation, on any thread.
template <class T>
class Conversation {
 public:
  /// Throws Error when the data is of another type.
  Conversation(const radius_host_v1_t& host, radius_request_t* request) : host_(&host), request_(request) {
    auto* kept = static_cast<Base*>(host_->conversations->data(request_));
    if (kept == nullptr) return;
    // The function that ends it tells what it is.
    if (kept->end != &Conversation::end) throw Error(RADIUS_ERR_TYPE, "the conversation holds another type");
    data_ = static_cast<Kept*>(kept)->data.get();
  }

  /// The number of the round in hand: 0 for a new request.
  uint32_t round() const { return host_->conversations->round(request_); }

  explicit operator bool() const { return data_ != nullptr; }
  T* get() const { return data_; }
  T& operator*() const { return *data_; }
  T* operator->() const { return data_; }

  /// Leaves this for the next round, in place of what is there.
  void reset(std::unique_ptr<T> data = nullptr) {
    T* const left = data.get();
    std::unique_ptr<Kept> kept;
    if (data) kept = std::make_unique<Kept>(std::move(data));
    require(host_->conversations->set_data(request_, static_cast<Base*>(kept.get()), left != nullptr ? &end : nullptr),
            "set_data");
    static_cast<void>(kept.release());
    data_ = left;
  }
  template <class... Arguments>
  T& emplace(Arguments&&... arguments) {
    reset(std::make_unique<T>(std::forward<Arguments>(arguments)...));
    return *data_;
  }

 private:
  struct Base {
    void (*end)(void*);
  };
  struct Kept : Base {
    explicit Kept(std::unique_ptr<T> from) : Base{&Conversation::end}, data(std::move(from)) {}
    std::unique_ptr<T> data;
  };
  static void end(void* data) { delete static_cast<Kept*>(static_cast<Base*>(data)); }

  const radius_host_v1_t* host_;
  radius_request_t* request_;
  T* data_ = nullptr;
};

}  // namespace radius

#endif
