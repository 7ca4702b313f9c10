// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace radhost {

/// Zeroed memory from the system, which costs nothing until it is touched.
class LazyMemory {
 public:
  /// Throws std::bad_alloc when there is none.
  explicit LazyMemory(size_t octets);
  LazyMemory(LazyMemory&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)), octets_(std::exchange(other.octets_, 0)) {}
  LazyMemory& operator=(LazyMemory&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(octets_, other.octets_);
    return *this;
  }
  ~LazyMemory();

  /// As much as before, or more; what there is stays, perhaps elsewhere. Throws std::bad_alloc.
  void grow(size_t octets);

  void* begin() const { return begin_; }
  size_t size() const { return octets_; }

 private:
  void* begin_;
  size_t octets_;
};

/// An array whose elements begin as zeros and take memory once they are used.
template <class Element>
class LazyArray {
  static_assert(std::is_trivially_destructible_v<Element>);

 public:
  explicit LazyArray(size_t size) : memory_(size * sizeof(Element)), size_(size) {}

  size_t size() const { return size_; }
  /// Adds zeros where it is smaller. Its elements may be elsewhere then.
  void grow(size_t size) {
    if (size <= size_) return;
    memory_.grow(size * sizeof(Element));
    size_ = size;
  }
  Element& operator[](size_t index) { return begin()[index]; }
  const Element& operator[](size_t index) const { return begin()[index]; }
  Element* begin() const { return static_cast<Element*>(memory_.begin()); }
  Element* end() const { return begin() + size_; }

 private:
  LazyMemory memory_;
  size_t size_;
};

}  // namespace radhost
