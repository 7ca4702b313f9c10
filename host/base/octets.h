// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace radhost {

/// Octets travel as spans; only Reader and Writer index them.
using Octets = std::span<const uint8_t>;
using MutableOctets = std::span<uint8_t>;

/// The octets of text, borrowed, and the reverse.
inline Octets octets_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }
inline std::string_view text_of(Octets octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

/// Copies all of `from` to the front of `to`, which has room; either may be empty.
inline void copy_octets(MutableOctets to, Octets from) {
  if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
}

/// Compares in a time that depends on the lengths alone.
bool equal_in_constant_time(Octets a, Octets b);

/// Overwrites octets in a way that the compiler cannot leave out.
void wipe(MutableOctets octets);

/// The same, for what somebody might look at who must not any more: with guard rails it shows that (0xdd).
void wipe_ended(MutableOctets octets);

/// Gives memory back only after it is wiped: for containers of what may be secret.
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class Other>
  WipingAllocator(const WipingAllocator<Other>&) {}
  T* allocate(size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* place, size_t count) {
    wipe({reinterpret_cast<uint8_t*>(place), count * sizeof(T)});
    std::allocator<T>().deallocate(place, count);
  }
  bool operator==(const WipingAllocator&) const = default;
};

/// Octets that are wiped before their memory is given back.
using SecretOctets = std::vector<uint8_t, WipingAllocator<uint8_t>>;

/// Lower-case hexadecimal digits, two an octet.
std::string to_hex(Octets octets);

/// Octets from hexadecimal digits; blanks between octets are passed over. Nothing when anything else is there.
std::optional<std::vector<uint8_t>> from_hex(std::string_view hex);

/// Fills with unpredictable octets from the system. Throws std::runtime_error when there are none.
void fill_random(MutableOctets octets);

}  // namespace radhost
