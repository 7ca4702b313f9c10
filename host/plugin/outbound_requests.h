// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/ext/client.h>

#include <span>

#include "packet/attribute_list.h"
#include "packet/code.h"
#include "plugin/request.h"

namespace radhost {

struct Pool;  // exchange/pool.h

/// What a module changes of a request that it forwards.
struct ForwardEdits {
  std::span<const AttributeDefinition* const> remove;
  const AttributeList* add = nullptr;  ///< nullptr for nothing
};

/// Who is told of an exchange's outcome. `owner` is the thread of the instance that began it.
struct OutboundCall {
  const radius_thread* owner = nullptr;
  radius_client_callback_t done = nullptr;
  void* data = nullptr;
};

/// One worker's requests to other servers, as modules send them. On its thread; none of this calls `done` but `cancel`
/// and `cancel_all`. exchange/ implements it.
class OutboundRequests {
 public:
  virtual ~OutboundRequests() = default;

  /// `pool`: one that the owner's instance sends to.
  virtual radius_status_t send(const Pool& pool, Code code, const AttributeList& attributes, const OutboundCall& call,
                               radius_exchange_t& exchange) = 0;
  virtual radius_status_t forward(const Pool& pool, radius_request& request, const ForwardEdits& edits,
                                  const OutboundCall& call, radius_exchange_t& exchange) = 0;

  /// Ends it with RADIUS_ERR_GONE. False when it has ended, or is another owner's.
  virtual bool cancel(const radius_thread& owner, radius_exchange_t exchange) = 0;
  /// The same with all of an owner's.
  virtual void cancel_all(const radius_thread& owner) = 0;
};

}  // namespace radhost
