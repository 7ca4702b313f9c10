// SPDX-License-Identifier: Apache-2.0
/// "radius.store/1": octets kept under a key for some time, across requests, workers and instances.
#ifndef RADIUS_CPP_STORE_HPP
#define RADIUS_CPP_STORE_HPP

#include <radius/ext/store.h>
#include <radius/cpp/thread.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace radius {

/// What came of an operation; borrowed for the call.
class StoreAnswer {
 public:
  StoreAnswer(radius_status_t status, const uint8_t* octets, uint64_t length) : status_(status) {
    if (octets != nullptr) octets_.emplace(octets, static_cast<size_t>(length));
  }
  bool ok() const { return status_ == RADIUS_OK; }
  radius_status_t status() const { return status_; }
  /// What was found.
  const std::optional<Octets>& octets() const { return octets_; }

 private:
  radius_status_t status_;
  std::optional<Octets> octets_;
};

/// The store; made in the module's constructor. `done(const StoreAnswer&)` comes exactly once, on the thread that
/// asked, after the call has returned; what cannot be asked throws Error, and then it does not come.
class Store {
 public:
  explicit Store(const Instance& instance) : table_(&instance.extension<radius_store_v1_t>(RADIUS_EXT_STORE)) {}

  template <class Done>
  void get(Thread& thread, std::string_view key, Done done) const {
    auto call = make(thread, std::move(done));
    require(table_->get(thread.get(), to_text(key), &Call<Done>::done, call.get()), "get");
    static_cast<void>(call.release());
  }
  /// In place of what is there.
  template <class Done>
  void put(Thread& thread, std::string_view key, Octets octets, std::chrono::milliseconds ttl, Done done) const {
    auto call = make(thread, std::move(done));
    require(table_->put(thread.get(), to_text(key), octets.data(), octets.size(), to_ms(ttl), &Call<Done>::done,
                        call.get()),
            "put");
    static_cast<void>(call.release());
  }
  /// Only where nothing is kept; RADIUS_ERR_STATE, with what is there, otherwise.
  template <class Done>
  void put_new(Thread& thread, std::string_view key, Octets octets, std::chrono::milliseconds ttl, Done done) const {
    auto call = make(thread, std::move(done));
    require(table_->put_new(thread.get(), to_text(key), octets.data(), octets.size(), to_ms(ttl), &Call<Done>::done,
                            call.get()),
            "put_new");
    static_cast<void>(call.release());
  }
  /// Takes it out.
  template <class Done>
  void take(Thread& thread, std::string_view key, Done done) const {
    auto call = make(thread, std::move(done));
    require(table_->take(thread.get(), to_text(key), &Call<Done>::done, call.get()), "take");
    static_cast<void>(call.release());
  }

 private:
  template <class Done>
  struct Call {
    Call(const Instance& asker, Done body_of) : instance(&asker), body(std::move(body_of)) {}
    static void done(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
      const std::unique_ptr<Call> call(static_cast<Call*>(data));
      detail::guard_callback(&call->instance->host(), call->instance->get(),
                             [&] { call->body(StoreAnswer(status, octets, length)); });
    }
    const Instance* instance;
    Done body;
  };
  template <class Done>
  static std::unique_ptr<Call<Done>> make(Thread& thread, Done done) {
    return std::make_unique<Call<Done>>(thread.instance(), std::move(done));
  }
  static uint64_t to_ms(std::chrono::milliseconds ttl) {
    return static_cast<uint64_t>(ttl.count() < 0 ? 0 : ttl.count());
  }

  const radius_store_v1_t* table_;
};

}  // namespace radius

#endif
