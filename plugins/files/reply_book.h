// SPDX-License-Identifier: Apache-2.0
/// The replies of a users file, from text to lists that the host has made ready.
#pragma once

#include "packed_reply.h"
#include "users_file.h"

#include <optional>
#include <radius/plugin.hpp>
#include <string>
#include <unordered_map>
#include <vector>

namespace files {

/// Collects the distinct replies; each gets a number. Mistakes are told to the visitor's `mistake`.
class ReplyBook {
 public:
  ReplyBook(const radius::Instance& instance, UsersVisitor& visitor) : instance_(instance), visitor_(visitor) {}

  void note_default(const Reply& reply);

  /// The number of a user's reply; that of an empty one is 0. Nothing after a mistake.
  std::optional<uint32_t> note(const Reply& reply);

  /// By number: each reply with what of the default it does not replace. NULL is an empty one.
  std::vector<radius::Prebuilt> build() const;

 private:
  /// What the dictionary says of a name.
  struct Known {
    radius_attr_t attr = 0;  // 0: nothing
    radius_type_t type = 0;
    uint32_t flags = 0;
  };

  std::optional<std::string> pack_reply(const Reply& reply);
  std::optional<PackedAttribute> resolve(const ReplyItem& item, std::string& fault);
  bool try_values(const Reply& reply);
  const Known& look_up(std::string_view name);
  radius_status_t add(radius_list_t* list, const PackedAttribute& attribute, const PackedValue& value) const;
  void add_all(radius_list_t* list, std::string_view packed, std::string_view except) const;
  bool mistake(Position at, std::string text) {
    visitor_.mistake({at, std::move(text)});
    return false;
  }

  const radius::Instance& instance_;
  UsersVisitor& visitor_;
  std::unordered_map<std::string, Known> known_;
  std::string default_;
  std::unordered_map<std::string, uint32_t> numbers_;  // by packed reply; counted from 1
};

}  // namespace files
