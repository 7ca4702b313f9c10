// SPDX-License-Identifier: Apache-2.0
/// Text and octets, borrowed.
#ifndef RADIUS_CPP_TEXT_HPP
#define RADIUS_CPP_TEXT_HPP

#include <radius/abi.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace radius {

inline radius_text_t to_text(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view to_view(radius_text_t text) {
  return text.length == 0 ? std::string_view{} : std::string_view{text.data, static_cast<size_t>(text.length)};
}

/// Octets where they lie: as long-lived as whoever owns them.
class Octets {
 public:
  constexpr Octets() = default;
  constexpr Octets(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  /// What a container of octets holds: a std::vector, a std::array, a std::span.
  template <class Container, class = decltype(static_cast<const uint8_t*>(std::declval<const Container&>().data()))>
  constexpr Octets(const Container& container) : data_(container.data()), size_(container.size()) {}
  explicit Octets(std::string_view text) : data_(reinterpret_cast<const uint8_t*>(text.data())), size_(text.size()) {}

  constexpr const uint8_t* data() const { return data_; }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const uint8_t* begin() const { return data_; }
  constexpr const uint8_t* end() const { return data_ + size_; }
  constexpr uint8_t operator[](size_t index) const { return data_[index]; }
  std::string_view text() const {
    return size_ == 0 ? std::string_view{} : std::string_view{reinterpret_cast<const char*>(data_), size_};
  }

  friend bool operator==(Octets a, Octets b) { return a.text() == b.text(); }
  friend bool operator!=(Octets a, Octets b) { return !(a == b); }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace radius

#endif
