// SPDX-License-Identifier: Apache-2.0
#include "user_table.h"

#include <algorithm>
#include <functional>

#include <string.h>

namespace files {
namespace {

constexpr size_t block_octets = size_t{1} << 20;
constexpr size_t slots_least = 16;

}  // namespace

UserTable::~UserTable() {
  for (Block& block : blocks_) explicit_bzero(block.octets.get(), block.used);
}

std::optional<uint32_t> UserTable::add(std::string_view name, const UserView& user) {
  if (2 * (users_.size() + 1) > slots_.size()) grow();
  const size_t slot = slot_of(name);
  if (slots_[slot] != 0) return slots_[slot] - 1;

  char* octets = keep(name.size() + user.credential.size());
  std::copy(user.credential.begin(), user.credential.end(), std::copy(name.begin(), name.end(), octets));
  users_.push_back({octets, user.reply, static_cast<uint16_t>(user.credential.size()),
                    static_cast<uint8_t>(name.size()), user.kind});
  slots_[slot] = static_cast<uint32_t>(users_.size());
  return std::nullopt;
}

std::optional<UserView> UserTable::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const uint32_t number = slots_[slot_of(name)];
  if (number == 0) return std::nullopt;
  const User& user = users_[number - 1];
  return UserView{user.kind, {user.octets + user.name_length, user.credential_length}, user.reply};
}

size_t UserTable::slot_of(std::string_view name) const {
  size_t slot = std::hash<std::string_view>()(name) & (slots_.size() - 1);
  while (slots_[slot] != 0 && users_[slots_[slot] - 1].name() != name) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

void UserTable::grow() {
  slots_.assign(std::max(slots_least, 2 * slots_.size()), 0);
  for (size_t i = 0; i < users_.size(); ++i) slots_[slot_of(users_[i].name())] = static_cast<uint32_t>(i + 1);
}

char* UserTable::keep(size_t length) {
  if (blocks_.empty() || blocks_.back().used + length > block_octets)
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(block_octets), 0});
  Block& block = blocks_.back();
  char* octets = block.octets.get() + block.used;
  block.used += length;
  return octets;
}

}  // namespace files
