// SPDX-License-Identifier: Apache-2.0
#include "plugin/explanation.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"
#include "plugin/ready_queue.h"

namespace radhost {
namespace {

/// Tells the worker where it is its turn again.
radius_status_t hand_over(radius_request& request, RequestState::Outcome outcome) {
  if (outcome.turn == RequestState::Turn::Worker) request.ready->push(request);
  return outcome.status;
}

radius_token_t token(radius_request_t* request) {
  if (request == nullptr || request->slot == 0 || request->is_finishing) return 0;
  if (!request->state.is_open()) request->state.open();
  if (!request->state.is_token_taken()) {
    // Another thread is going to read: nothing of this one's may be needed for it.
    request->received.reveal_all();
    request->state.take_token();
  }
  return TokenTable::token(request->slot, request->state.serial());
}

radius_request_t* acquire(radius_instance_t* instance, radius_token_t token) {
  if (instance == nullptr) return nullptr;
  radius_request* request = static_cast<Instance*>(instance)->tokens().find(token);
  return request != nullptr && request->state.acquire(TokenTable::serial(token)) ? request : nullptr;
}

/// The request of a token. What the module says that it has pinned must be that one, or nothing.
radius_status_t find(radius_instance_t* instance, radius_token_t token, const radius_request_t* pinned,
                     radius_request*& request) {
  if (instance == nullptr) return RADIUS_ERR_INVALID;
  request = static_cast<Instance*>(instance)->tokens().find(token);
  if (request == nullptr) return RADIUS_ERR_GONE;
  return pinned == nullptr || pinned == request ? RADIUS_OK : RADIUS_ERR_INVALID;
}

radius_status_t complete(radius_instance_t* instance, radius_token_t token, radius_request_t* pinned,
                         radius_verdict_t verdict, uint32_t flags) {
  radius_request* request = nullptr;
  if (radius_status_t status = find(instance, token, pinned, request); status != RADIUS_OK) return status;
  if ((flags & ~uint32_t{RADIUS_COMPLETE_PROXIED}) != 0) return RADIUS_ERR_INVALID;
  RequestState& state = request->state;
  uint32_t serial = TokenTable::serial(token);
  bool proxied = (flags & RADIUS_COMPLETE_PROXIED) != 0;
  std::string said = verdict < 0 ? take_explanation() : std::string();
  if (said.empty()) return hand_over(*request, state.complete(serial, verdict, proxied, pinned != nullptr));
  // The worker must not have it before it is written down.
  RequestState::Outcome outcome = state.complete_and_hold(serial, verdict, proxied, pinned != nullptr);
  if (outcome.status != RADIUS_OK) return hand_over(*request, outcome);
  request->said = std::move(said);
  return hand_over(*request, state.release(serial, true));
}

radius_status_t release(radius_instance_t* instance, radius_token_t token, radius_request_t* pinned) {
  radius_request* request = nullptr;
  if (radius_status_t status = find(instance, token, pinned, request); status != RADIUS_OK) return status;
  return hand_over(*request, request->state.release(TokenTable::serial(token), pinned != nullptr));
}

}  // namespace

const radius_tokens_v1_t& tokens_table() {
  static constexpr radius_tokens_v1_t table{sizeof table,    0, guarded<token>, guarded<acquire>, guarded<complete>,
                                            guarded<release>};
  return table;
}

}  // namespace radhost
