// SPDX-License-Identifier: Apache-2.0
#include "plugin/own_lists.h"

#include "plugin/request.h"

namespace radhost {

OwnLists::OwnLists() = default;
OwnLists::~OwnLists() = default;

radius_list* OwnLists::keep(std::unique_ptr<radius_list> list) {
  radius_list* kept = list.get();
  std::lock_guard lock(mutex_);
  lists_.emplace(kept, std::move(list));
  return kept;
}

void OwnLists::end(radius_list* list) {
  std::unique_ptr<radius_list> ended;
  std::lock_guard lock(mutex_);
  auto found = lists_.find(list);
  if (found == lists_.end()) return;
  ended = std::move(found->second);
  lists_.erase(found);
}

size_t OwnLists::size() {
  std::lock_guard lock(mutex_);
  return lists_.size();
}

}  // namespace radhost
