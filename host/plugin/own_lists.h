// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

struct radius_list;

namespace radhost {

/// The lists that an instance has made (`create_list`) and not ended yet: so that what it leaves behind is known. Any
/// thread.
class OwnLists {
 public:
  OwnLists();
  OwnLists(const OwnLists&) = delete;
  OwnLists& operator=(const OwnLists&) = delete;
  ~OwnLists();

  radius_list* keep(std::unique_ptr<radius_list> list);
  /// Nothing happens to one that is not kept here.
  void end(radius_list* list);
  size_t size();

 private:
  std::mutex mutex_;
  std::unordered_map<radius_list*, std::unique_ptr<radius_list>> lists_;
};

}  // namespace radhost
