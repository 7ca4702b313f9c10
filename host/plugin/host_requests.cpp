// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "plugin/host_table.h"
#include "plugin/request.h"

namespace radhost {
namespace {

radius_list_t* list(radius_request_t* request, radius_list_kind_t kind) {
  if (request == nullptr) return nullptr;
  switch (kind) {
    case RADIUS_LIST_REQUEST: return &request->request_list;
    case RADIUS_LIST_REPLY: return &request->reply_list;
    case RADIUS_LIST_CONTROL: return &request->control_list;
    default: return nullptr;
  }
}

radius_status_t info(radius_request_t* request, radius_request_info_t* asked) {
  if (request == nullptr || asked == nullptr || asked->size < sizeof asked->size) return RADIUS_ERR_INVALID;
  // A module that was built against an older, shorter struct gets the part that it knows.
  uint32_t size = asked->size;
  std::memcpy(asked, &request->info, std::min<size_t>(size, sizeof *asked));
  asked->size = size;
  return RADIUS_OK;
}

}  // namespace

const radius_requests_v1_t& requests_table() {
  static constexpr radius_requests_v1_t table{sizeof table, 0, list, info};
  return table;
}

}  // namespace radhost
