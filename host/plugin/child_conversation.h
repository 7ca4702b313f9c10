// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/attribute_list.h"
#include "plugin/conversation.h"

namespace radhost {

/// What a challenge within a subrequest leaves for the next one.
struct ChildConversation {
  const Instance* by = nullptr;  ///< whose subrequests they are
  const ChainVersion* chain = nullptr;
  size_t handler = 0;  ///< who challenged, and is asked first
  uint32_t round = 0;  ///< the number of the next round
  bool in_hand = false;
  AttributeList control;
  ConversationData data;
  ChildConversations children;
};

}  // namespace radhost
