// SPDX-License-Identifier: Apache-2.0
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
  if (request == nullptr || asked == nullptr) return RADIUS_ERR_INVALID;
  return fill_struct(*asked, request->info);
}

}  // namespace

const radius_requests_v1_t& requests_table() {
  static constexpr radius_requests_v1_t table{sizeof table, 0, guarded<list>, guarded<info>};
  return table;
}

}  // namespace radhost
