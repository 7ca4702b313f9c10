// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace radhost {

class ChainVersion;
class Instance;
struct ChildConversation;

/// The conversations of a request's subrequests: part of its own, and gone with it. No State leads to them: the next
/// subrequest of the same instance through the same chain goes on. One thread at a time.
class ChildConversations {
 public:
  /// More are no use to any tunnel.
  static constexpr size_t conversations_max = 16;

  ChildConversations();
  ChildConversations(ChildConversations&&) noexcept;
  ChildConversations& operator=(ChildConversations&&) noexcept;
  ~ChildConversations();

  /// One that waits for its next round; nullptr when there is none.
  ChildConversation* find(const Instance* by, const ChainVersion* chain) const;

  /// A new one, in hand; nullptr when there are too many.
  ChildConversation* add(const Instance* by, const ChainVersion* chain);
  void remove(const ChildConversation* conversation);
  void clear();

  bool empty() const { return all_.empty(); }
  /// Of the notes that are kept.
  size_t octets() const;

 private:
  std::vector<std::unique_ptr<ChildConversation>> all_;
};

}  // namespace radhost
