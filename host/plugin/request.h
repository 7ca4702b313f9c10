// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/plugin.h>

#include "dictionary/dictionary.h"
#include "packet/attribute_list.h"
#include "packet/received_attributes.h"

namespace radhost {
class Instance;
}

/// A list as a module sees it: either what was received, or a list that is written to. The other pointer is null.
struct radius_list {
  radhost::ReceivedAttributes* received = nullptr;
  radhost::AttributeList* written = nullptr;
  const radhost::Dictionary* dictionary = nullptr;
  bool may_be_internal = false;

  /// The storage of a module's own list.
  std::unique_ptr<radhost::AttributeList> own;
};

/// A list that modules append and never change.
struct radius_prebuilt {
  radhost::AttributeList list;
  bool has_internal = false;
};

/// A request as handlers see it. The exchange keeps one in each request slot and fills it anew; its lists keep
/// their memory. One thread at a time.
struct radius_request {
  radhost::ReceivedAttributes received;
  radhost::AttributeList reply;
  radhost::AttributeList control;

  radius_list request_list;
  radius_list reply_list;
  radius_list control_list;

  radius_request_info_t info{};
  radhost::Instance* handler = nullptr;  ///< whose handler runs

  explicit radius_request(const radhost::Dictionary& dictionary)
      : request_list{&received, nullptr, &dictionary, false, nullptr},
        reply_list{nullptr, &reply, &dictionary, false, nullptr},
        control_list{nullptr, &control, &dictionary, true, nullptr} {}
  radius_request(const radius_request&) = delete;
  radius_request& operator=(const radius_request&) = delete;

  /// Ends a request: wipes what it held.
  void clear() {
    received.end();
    reply.clear();
    control.clear();
  }
};
