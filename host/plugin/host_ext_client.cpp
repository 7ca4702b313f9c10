// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "packet/attribute_removal.h"
#include "plugin/extensions.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

/// More than anybody names one by one.
constexpr uint32_t remove_max = 64;

radius_status_t pool(radius_instance_t* instance, radius_text_t name, radius_pool_t* pool) {
  if (instance == nullptr || pool == nullptr) return RADIUS_ERR_INVALID;
  auto& owner = *static_cast<Instance*>(instance);
  if (!owner.is_creating()) return RADIUS_ERR_STATE;
  uint32_t found = owner.find_pool(to_view(name));
  if (found == 0) return RADIUS_ERR_NOT_FOUND;
  *pool = found;
  return RADIUS_OK;
}

/// Why nothing can be sent; RADIUS_OK when it can.
radius_status_t check(radius_thread_t* thread, radius_pool_t pool, radius_client_callback_t done,
                      radius_exchange_t* exchange) {
  if (thread == nullptr || done == nullptr || exchange == nullptr) return RADIUS_ERR_INVALID;
  if (thread->exchanges == nullptr || thread->exchanges->requests() == nullptr) return RADIUS_ERR_STATE;
  return thread->instance->pool(pool) != nullptr ? RADIUS_OK : RADIUS_ERR_INVALID;
}

/// May it go out as it is?
radius_status_t check_list(const AttributeList& list) {
  if (list.has_open_group()) return RADIUS_ERR_STATE;
  for (size_t i = 0; i < list.size(); ++i)
    if (const AttributeDefinition* definition = list.at(i).definition; definition != nullptr && definition->internal)
      return RADIUS_ERR_INVALID;
  return RADIUS_OK;
}

radius_status_t send(radius_thread_t* thread, radius_pool_t pool, uint32_t code, const radius_list_t* attributes,
                     radius_client_callback_t done, void* data, radius_exchange_t* exchange) {
  if (radius_status_t status = check(thread, pool, done, exchange); status != RADIUS_OK) return status;
  if (attributes == nullptr || attributes->written == nullptr) return RADIUS_ERR_INVALID;
  if (code > UINT8_MAX || !request_kind(static_cast<Code>(code))) return RADIUS_ERR_INVALID;
  if (radius_status_t status = check_list(*attributes->written); status != RADIUS_OK) return status;
  return thread->exchanges->requests()->send(*thread->instance->pool(pool), static_cast<Code>(code),
                                             *attributes->written, {thread, done, data}, *exchange);
}

radius_status_t forward(radius_thread_t* thread, radius_pool_t pool, radius_request_t* request,
                        const radius_attr_t* remove, uint32_t remove_count, const radius_list_t* add,
                        radius_client_callback_t done, void* data, radius_exchange_t* exchange) {
  if (radius_status_t status = check(thread, pool, done, exchange); status != RADIUS_OK) return status;
  if (request == nullptr || (remove == nullptr && remove_count > 0)) return RADIUS_ERR_INVALID;
  if (remove_count > remove_max) return RADIUS_ERR_LIMIT;
  if (add != nullptr && add->written == nullptr) return RADIUS_ERR_INVALID;
  if (add != nullptr)
    if (radius_status_t status = check_list(*add->written); status != RADIUS_OK) return status;

  std::array<const AttributeDefinition*, remove_max> removed;
  for (uint32_t i = 0; i < remove_count; ++i) {
    removed[i] = thread->instance->dictionary().by_id(remove[i]);
    if (removed[i] == nullptr) return RADIUS_ERR_INVALID;
    if (removed[i]->host_owned()) return RADIUS_ERR_HOST_OWNED;  // PRX-1: nobody takes a Proxy-State out
    if (!AttributeRemoval::can_remove(*removed[i])) return RADIUS_ERR_TYPE;
  }
  ForwardEdits edits{std::span(removed).first(remove_count), add == nullptr ? nullptr : add->written};
  return thread->exchanges->requests()->forward(*thread->instance->pool(pool), *request, edits,
                                                {thread, done, data}, *exchange);
}

radius_status_t cancel(radius_thread_t* thread, radius_exchange_t exchange) {
  if (thread == nullptr) return RADIUS_ERR_INVALID;
  if (thread->exchanges == nullptr) return RADIUS_ERR_STATE;
  return thread->exchanges->cancel(exchange) ? RADIUS_OK : RADIUS_ERR_GONE;
}

}  // namespace

const radius_client_v1_t& client_table() {
  static constexpr radius_client_v1_t table{sizeof table,   0, guarded<pool>, guarded<send>, guarded<forward>,
                                            guarded<cancel>};
  return table;
}

}  // namespace radhost
