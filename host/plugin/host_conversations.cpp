// SPDX-License-Identifier: Apache-2.0
#include "plugin/host_table.h"
#include "plugin/request.h"

namespace radhost {
namespace {

uint32_t round(radius_request_t* request) { return request == nullptr ? 0 : request->conversation.round; }

void* data(radius_request_t* request) {
  return request == nullptr ? nullptr : request->conversation.data.of(request->handler);
}

radius_status_t set_data(radius_request_t* request, void* data, void (*destroy)(void*)) {
  if (request == nullptr) return RADIUS_ERR_INVALID;
  if (request->kind != RequestKind::Access || request->handler == nullptr) return RADIUS_ERR_STATE;
  // What was there ends now; but not what is set anew as itself.
  if (request->conversation.data.of(request->handler) == data && data != nullptr) return RADIUS_OK;
  request->conversation.data = ConversationData(request->handler, data, destroy);
  return RADIUS_OK;
}

}  // namespace

const radius_conversations_v1_t& conversations_table() {
  static constexpr radius_conversations_v1_t table{sizeof table, 0, guarded<round>, guarded<data>, guarded<set_data>};
  return table;
}

}  // namespace radhost
