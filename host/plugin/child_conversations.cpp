// SPDX-License-Identifier: Apache-2.0
#include "plugin/child_conversations.h"

#include <algorithm>

#include "plugin/child_conversation.h"

namespace radhost {

ChildConversations::ChildConversations() = default;
ChildConversations::ChildConversations(ChildConversations&&) noexcept = default;
ChildConversations& ChildConversations::operator=(ChildConversations&&) noexcept = default;
ChildConversations::~ChildConversations() = default;

ChildConversation* ChildConversations::find(const Instance* by, const ChainVersion* chain) const {
  for (const auto& each : all_)
    if (each->by == by && each->chain == chain && !each->in_hand) return each.get();
  return nullptr;
}

ChildConversation* ChildConversations::add(const Instance* by, const ChainVersion* chain) {
  if (all_.size() == conversations_max) return nullptr;
  ChildConversation& made = *all_.emplace_back(std::make_unique<ChildConversation>());
  made.by = by;
  made.chain = chain;
  made.in_hand = true;
  return &made;
}

void ChildConversations::remove(const ChildConversation* conversation) {
  auto found = std::find_if(all_.begin(), all_.end(), [=](const auto& each) { return each.get() == conversation; });
  if (found == all_.end()) return;
  // What the module left may ask for anything: it ends when the list is whole again.
  std::unique_ptr<ChildConversation> ended = std::move(*found);
  all_.erase(found);
}

void ChildConversations::clear() { std::vector<std::unique_ptr<ChildConversation>> ended = std::move(all_); }

size_t ChildConversations::octets() const {
  size_t total = 0;
  for (const auto& each : all_) total += each->control.octets() + each->children.octets();
  return total;
}

}  // namespace radhost
