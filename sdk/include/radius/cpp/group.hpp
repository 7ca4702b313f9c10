// SPDX-License-Identifier: Apache-2.0
/// Attributes that hold others, written.
#ifndef RADIUS_CPP_GROUP_HPP
#define RADIUS_CPP_GROUP_HPP

#include <radius/cpp/list.hpp>

#include <exception>

namespace radius {

/// A TLV or Vendor-Specific attribute that is being written; what is added to its list goes into it. It ends with its
/// scope, or by `end`; either throws Error when what it holds does not fit, or when it holds nothing. Groups end in the
/// reverse order of their beginning.
class Group : public List {
 public:
  Group(const List& list, AnyAttr attr) : List(list), pending_exceptions_(std::uncaught_exceptions()) {
    require(host().lists->begin_group(List::get(), attr.handle()), "begin_group");
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() noexcept(false) {
    if (is_ended_) return;
    const radius_status_t status = host().lists->end_group(List::get());
    // While another exception is on its way, that one is told.
    if (std::uncaught_exceptions() == pending_exceptions_) require(status, "end_group");
  }

  void end() {
    is_ended_ = true;
    require(host().lists->end_group(List::get()), "end_group");
  }

 private:
  int pending_exceptions_;
  bool is_ended_ = false;
};

inline Group List::group(AnyAttr attr) { return Group(*this, attr); }

}  // namespace radius

#endif
