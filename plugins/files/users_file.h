// SPDX-License-Identifier: Apache-2.0
/// users.toml: its shape, and where each thing in it stands. What attributes mean is not known here.
#pragma once

#include "credential.h"

#include <string>
#include <string_view>
#include <vector>

#include <stdint.h>

namespace files {

/// Counted from 1.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;

  bool operator==(const Position&) const = default;
  bool operator<(const Position& other) const { return line != other.line ? line < other.line : column < other.column; }
};

struct Mistake {
  Position at;
  std::string text;
};

struct ReplyValue {
  Position at;
  bool is_integer = false;
  int64_t integer = 0;
  std::string text;
};

/// One attribute of a reply with its values, in the file's order. No value: the default's is taken away.
struct ReplyItem {
  Position at;
  std::string name;  // as written; a tag may follow: `Tunnel-Type:1`
  std::vector<ReplyValue> values;
};
using Reply = std::vector<ReplyItem>;

struct UserEntry {
  Position at;
  Position name_at;
  std::string name;
  CredentialKind kind = CredentialKind::Cleartext;
  std::string credential;  // as the control list holds it
  Reply reply;
};

/// Takes in what a file says.
class UsersVisitor {
 public:
  virtual ~UsersVisitor() = default;

  /// Forget all that came before: the file is read from its beginning.
  virtual void begin() = 0;
  virtual void user(const UserEntry& user) = 0;
  /// The reply of a user who has mistakes elsewhere: there may be more in it.
  virtual void reply_alone(const Reply& reply) = 0;
  virtual void default_reply(const Reply& reply) = 0;
  virtual void mistake(Mistake mistake) = 0;
};

/// Reads the text of a file. After a syntax error that is the only mistake. Whatever is wrong is told as a
/// mistake, and the rest is read on.
void read_users(std::string_view text, UsersVisitor& visitor);

}  // namespace files
