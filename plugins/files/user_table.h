// SPDX-License-Identifier: Apache-2.0
/// All users, found by name: a million of them in some sixty megabytes, without an allocation to look one up.
#pragma once

#include "credential.h"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <stdint.h>

namespace files {

/// What a table knows of one user. The texts are borrowed from the table.
struct UserView {
  CredentialKind kind;
  std::string_view credential;
  uint32_t reply;  // which reply the user gets: a number that means something to the caller
};

/// Filled once, then read by any number of threads. Names are octets.
class UserTable {
 public:
  static constexpr size_t name_max = 253;  // RFC 2865 §5.1: what one attribute can hold
  static constexpr size_t credential_max = 1024;

  UserTable() = default;
  UserTable(const UserTable&) = delete;
  UserTable& operator=(const UserTable&) = delete;
  UserTable(UserTable&&) = default;
  UserTable& operator=(UserTable&&) = default;
  ~UserTable();

  /// Nothing when the user was added; else the number of the one, counted from 0, that has that name already.
  /// Name and credential are no longer than the maxima.
  std::optional<uint32_t> add(std::string_view name, const UserView& user);

  std::optional<UserView> find(std::string_view name) const;

  size_t size() const { return users_.size(); }

 private:
  /// Name and credential lie behind each other in a block.
  struct User {
    const char* octets;
    uint32_t reply;
    uint16_t credential_length;
    uint8_t name_length;
    CredentialKind kind;

    std::string_view name() const { return {octets, name_length}; }
  };
  static_assert(sizeof(User) == 16);

  struct Block {
    std::unique_ptr<char[]> octets;
    size_t used;
  };

  /// Where the slots say that a name is, or would be.
  size_t slot_of(std::string_view name) const;
  void grow();
  char* keep(size_t length);

  std::vector<Block> blocks_;
  std::vector<User> users_;
  std::vector<uint32_t> slots_;  // open addressing; 1 + a user's number, 0 where none is; at most half are taken
};

}  // namespace files
