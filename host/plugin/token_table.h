// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/token.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

struct radius_request;

namespace radhost {

class Instance;

/// Finds a request by its token, from any thread and without a lock. Requests live in slots that are made once, used
/// again and again, and kept until the table ends; a token names the slot and the use.
class TokenTable {
 public:
  static constexpr size_t slots_max = size_t{1} << 22;

  TokenTable() = default;
  TokenTable(const TokenTable&) = delete;
  TokenTable& operator=(const TokenTable&) = delete;
  ~TokenTable();

  /// Gives a new slot its number, counted from 1; 0 when there are too many. The slot outlives the table.
  uint32_t add(radius_request& slot);

  /// The slot that a token names; nullptr for none. What the token's use has come to, its state knows.
  radius_request* find(radius_token_t token) const;

  /// How many requests are pinned by who acquired them of this instance. When no worker runs any more.
  size_t count_pinned(const Instance& instance);

  static radius_token_t token(uint32_t slot, uint32_t serial) { return uint64_t{slot} << 32 | serial; }
  static uint32_t serial(radius_token_t token) { return static_cast<uint32_t>(token); }

 private:
  static constexpr size_t chunk_size = 1024;
  using Chunk = std::array<std::atomic<radius_request*>, chunk_size>;

  std::mutex growing_;
  uint32_t count_ = 0;
  std::array<std::atomic<Chunk*>, slots_max / chunk_size> chunks_{};
};

}  // namespace radhost
