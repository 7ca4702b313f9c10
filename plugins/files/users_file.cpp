// SPDX-License-Identifier: Apache-2.0
#include "users_file.h"

#include "nearest.h"
#include "parts.h"
#include "user_table.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <toml++/toml.h>

namespace files {
namespace {

constexpr size_t part_octets = size_t{1} << 18;

constexpr std::array<std::string_view, 2> top_keys{"user", "default"};
constexpr std::array<std::string_view, 5> user_keys{"name", "password", "password_hash", "nt_hash", "reply"};
constexpr std::array<std::string_view, 1> default_keys{"reply"};

std::optional<CredentialKind> credential_kind(std::string_view key) {
  if (key == "password") return CredentialKind::Cleartext;
  if (key == "password_hash") return CredentialKind::Crypt;
  if (key == "nt_hash") return CredentialKind::NtHash;
  return std::nullopt;
}

/// Reads the tables of one part.
class PartReader {
 public:
  PartReader(uint32_t lines_before, UsersVisitor& visitor) : lines_before_(lines_before), visitor_(visitor) {}

  void read(const toml::table& root);

 private:
  void read_user(const toml::table& table);
  void read_default(const toml::node& node);
  bool read_name(const toml::node& node, UserEntry& user);
  bool read_credential(CredentialKind kind, const toml::node& node, UserEntry& user);
  bool read_reply(const toml::node& node, Reply& reply);
  bool read_values(const toml::node& node, std::vector<ReplyValue>& values);
  bool read_value(const toml::node& node, std::vector<ReplyValue>& values);

  Position position(const toml::source_region& region) const {
    return {region.begin.line + lines_before_, region.begin.column};
  }
  bool mistake(const toml::source_region& region, std::string text) {
    visitor_.mistake({position(region), std::move(text)});
    return false;
  }

  uint32_t lines_before_;
  UsersVisitor& visitor_;
};

void PartReader::read(const toml::table& root) {
  for (const auto& [key, node] : root) {
    if (key == "default") {
      read_default(node);
    } else if (key != "user") {
      mistake(key.source(), unknown_key(key.str(), top_keys));
    } else if (const toml::array* users = node.as_array(); users == nullptr || !users->is_array_of_tables()) {
      mistake(key.source(), "users are written as [[user]], each with its own name");
    } else {
      for (const toml::node& user : *users) read_user(*user.as_table());
    }
  }
}

void PartReader::read_user(const toml::table& table) {
  UserEntry user;
  user.at = position(table.source());
  bool whole = true;
  bool named = false;
  const toml::key* credential = nullptr;

  for (const auto& [key, node] : table) {
    const std::string_view word = key.str();
    const std::optional<CredentialKind> kind = credential_kind(word);
    if (word == "name") {
      named = true;
      whole = read_name(node, user) && whole;
    } else if (kind && credential != nullptr) {
      const bool before = position(key.source()) < position(credential->source());
      const toml::key& first = before ? key : *credential;
      const toml::key& second = before ? *credential : key;
      whole = mistake(second.source(), "exactly one of password, password_hash and nt_hash; this user has a " +
                                           std::string(first.str()) + " already");
    } else if (kind) {
      credential = &key;
      whole = read_credential(*kind, node, user) && whole;
    } else if (word == "reply") {
      whole = read_reply(node, user.reply) && whole;
    } else {
      whole = mistake(key.source(), unknown_key(word, user_keys));
    }
  }
  if (!named) whole = mistake(table.source(), "this user has no name");
  if (!credential) whole = mistake(table.source(), "this user needs one of password, password_hash and nt_hash");
  if (whole) visitor_.user(user);
  else visitor_.reply_alone(user.reply);
}

void PartReader::read_default(const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    mistake(node.source(), "[default] is a table with the key reply");
    return;
  }
  for (const auto& [key, value] : *table) {
    Reply reply;
    if (key != "reply") mistake(key.source(), unknown_key(key.str(), default_keys));
    else if (read_reply(value, reply)) visitor_.default_reply(reply);
  }
}

bool PartReader::read_name(const toml::node& node, UserEntry& user) {
  const auto* text = node.as_string();
  if (text == nullptr) return mistake(node.source(), "the name must be text");
  user.name_at = position(node.source());
  user.name = text->get();
  if (user.name.empty()) return mistake(node.source(), "the name is empty");
  if (user.name.size() > UserTable::name_max)
    return mistake(node.source(), "a User-Name has no more than 253 octets, so this user could never log in");
  return true;
}

bool PartReader::read_credential(CredentialKind kind, const toml::node& node, UserEntry& user) {
  const auto* text = node.as_string();
  if (text == nullptr) return mistake(node.source(), "must be text, in quotes");
  CredentialResult result = files::read_credential(kind, text->get());
  if (!result.octets) return mistake(node.source(), std::move(result.fault));
  if (result.octets->size() > UserTable::credential_max) return mistake(node.source(), "is longer than 1024 octets");
  user.kind = kind;
  user.credential = std::move(*result.octets);
  return true;
}

bool PartReader::read_reply(const toml::node& node, Reply& reply) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return mistake(node.source(), "a reply is a table: { \"Session-Timeout\" = 3600 }");
  bool whole = true;
  for (const auto& [key, value] : *table) {
    ReplyItem item{position(key.source()), std::string(key.str()), {}};
    whole = read_values(value, item.values) && whole;
    reply.push_back(std::move(item));
  }
  // The parser sorts by name; what was written first is sent first.
  std::sort(reply.begin(), reply.end(), [](const ReplyItem& a, const ReplyItem& b) { return a.at < b.at; });
  return whole;
}

bool PartReader::read_values(const toml::node& node, std::vector<ReplyValue>& values) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return read_value(node, values);
  bool whole = true;
  for (const toml::node& element : *array) whole = read_value(element, values) && whole;
  return whole;
}

/// What a node is, for those who expected something else.
std::string type_of(const toml::node& node) {
  if (node.is_boolean()) return "a boolean";
  if (node.is_floating_point()) return "a number with a fraction";
  if (node.is_table()) return "a table";
  return node.is_array() ? "an array" : "a date or time";
}

bool PartReader::read_value(const toml::node& node, std::vector<ReplyValue>& values) {
  const Position at = position(node.source());
  if (const auto* text = node.as_string()) {
    values.push_back({at, false, 0, text->get()});
  } else if (const auto* integer = node.as_integer()) {
    values.push_back({at, true, integer->get(), {}});
  } else {
    return mistake(node.source(), "must be text or an integer, or an array of these, not " + type_of(node));
  }
  return true;
}

/// False when the parts do not add up to a file: then it must be read as a whole.
bool read_in_parts(std::string_view text, UsersVisitor& visitor) {
  std::set<std::string, std::less<>> keys_before;
  Parts parts(text, part_octets);
  while (const std::optional<Part> part = parts.next()) {
    try {
      const toml::table root = toml::parse(part->text);
      for (const auto& [key, node] : root)
        if (key != "user" && !keys_before.emplace(key.str()).second) return false;
      PartReader(part->lines_before, visitor).read(root);
    } catch (const toml::parse_error&) {
      return false;
    }
  }
  return true;
}

}  // namespace

void read_users(std::string_view text, UsersVisitor& visitor) {
  visitor.begin();
  if (read_in_parts(text, visitor)) return;

  visitor.begin();
  try {
    PartReader(0, visitor).read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    visitor.mistake({{at.line, at.column}, std::string(error.description())});
  }
}

}  // namespace files
