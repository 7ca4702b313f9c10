// SPDX-License-Identifier: Apache-2.0
/// Lists of the module's own.
#ifndef RADIUS_CPP_OWN_LIST_HPP
#define RADIUS_CPP_OWN_LIST_HPP

#include <radius/cpp/instance.hpp>
#include <radius/cpp/list.hpp>

namespace radius {

/// A list of the module's own, which ends with this object. It may hold internal attributes.
class OwnList : public List {
 public:
  explicit OwnList(const Instance& instance) : List(instance.host(), make(instance)), instance_(&instance) {}
  OwnList(const OwnList&) = delete;
  OwnList& operator=(const OwnList&) = delete;
  ~OwnList() { host().lists->destroy_list(List::get()); }

  /// An immutable copy, which lives as long as the instance. In the constructor of the module alone.
  Prebuilt prebuild() const {
    radius_prebuilt_t* prebuilt = nullptr;
    require(host().lists->prebuild(instance_->get(), List::get(), &prebuilt), "prebuild");
    return prebuilt;
  }

 private:
  static radius_list_t* make(const Instance& instance) {
    radius_list_t* list = nullptr;
    require(instance.host().lists->create_list(instance.get(), &list), "create_list");
    return list;
  }
  const Instance* instance_;
};

/// Ends an immutable list before its instance does. In the constructor of the module alone.
inline void drop(const Instance& instance, Prebuilt prebuilt) {
  require(instance.host().lists->destroy_prebuilt(instance.get(), const_cast<radius_prebuilt_t*>(prebuilt)), "drop");
}

}  // namespace radius

#endif
