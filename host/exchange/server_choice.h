// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

namespace radhost {

/// Servers of a pool, a bit each by their number.
using ServerSet = uint64_t;

/// The server that a new request goes to: the first that may be used; where none may, the first of all is as good as
/// any, because somebody must be tried. Nothing when all have been tried in vain. `all` is not empty.
inline std::optional<size_t> choose_first(ServerSet all, ServerSet usable, ServerSet tried) {
  ServerSet left = all & ~tried;
  if (left == 0) return std::nullopt;
  ServerSet best = left & usable;
  return static_cast<size_t>(std::countr_zero(best != 0 ? best : left));
}

/// The server that a request moves to which nobody answers: one that may be used and was not tried; nothing when there
/// is none, and it stays where it is.
inline std::optional<size_t> choose_next(ServerSet usable, ServerSet tried) {
  ServerSet left = usable & ~tried;
  if (left == 0) return std::nullopt;
  return static_cast<size_t>(std::countr_zero(left));
}

}  // namespace radhost
