// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "exchange/pipeline.h"

namespace radhost {

/// The slots of one socket. Grows as far as its bound when more are under way at once, and never shrinks. All have been
/// given back when it ends, or the pipeline ends soon after.
class RequestPool {
 public:
  RequestPool(Pipeline& pipeline, ReplyPath& path, size_t bound) : pipeline_(pipeline), path_(path), bound_(bound) {}
  RequestPool(const RequestPool&) = delete;
  RequestPool& operator=(const RequestPool&) = delete;
  ~RequestPool() { pipeline_.take_back(std::move(slots_)); }

  /// How many there may be from now on. Those that there are stay.
  void set_bound(size_t bound) { bound_ = bound; }

  /// nullptr when the bound is reached.
  Request* take() {
    if (free_.empty()) {
      if (slots_.size() >= bound_) return nullptr;
      slots_.push_back(pipeline_.make_request(path_));
      free_.reserve(slots_.size());
      return slots_.back().get();
    }
    Request* slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void give_back(Request* slot) {
    slot->clear();
    free_.push_back(slot);
  }

  bool has_room() const { return !free_.empty() || slots_.size() < bound_; }
  size_t taken() const { return slots_.size() - free_.size(); }

  template <class Visitor>
  void each(Visitor visit) {
    for (const std::unique_ptr<Request>& slot : slots_) visit(*slot);
  }

 private:
  Pipeline& pipeline_;
  ReplyPath& path_;
  size_t bound_;
  std::vector<std::unique_ptr<Request>> slots_;
  std::vector<Request*> free_;
};

}  // namespace radhost
