// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "plugin/child_conversations.h"

namespace radhost {

class Instance;
struct Conversation;

/// What a module leaves for the next round, with the function that ends it.
class ConversationData {
 public:
  ConversationData() = default;
  ConversationData(Instance* owner, void* data, void (*destroy)(void*))
      : owner_(owner), data_(data), destroy_(destroy) {}
  ConversationData(ConversationData&& other) noexcept
      : owner_(std::exchange(other.owner_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        destroy_(std::exchange(other.destroy_, nullptr)) {}
  ConversationData& operator=(ConversationData&& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(data_, other.data_);
    std::swap(destroy_, other.destroy_);
    return *this;
  }
  ~ConversationData() {
    if (destroy_ != nullptr && data_ != nullptr) destroy_(data_);
  }

  /// The data, for the instance that left it; nullptr for others.
  void* of(const Instance* instance) const { return instance == owner_ ? data_ : nullptr; }
  const Instance* owner() const { return owner_; }

 private:
  Instance* owner_ = nullptr;
  void* data_ = nullptr;
  void (*destroy_)(void*) = nullptr;
};

/// A request's part in a conversation: the first round of one that may begin, or a later one.
struct ConversationRound {
  Conversation* conversation = nullptr;  ///< in hand; nullptr in the first round
  uint32_t round = 0;                    ///< counted from 0
  ConversationData data;
  ChildConversations children;  ///< of its subrequests
};

}  // namespace radhost
