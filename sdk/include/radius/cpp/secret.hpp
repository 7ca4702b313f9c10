// SPDX-License-Identifier: Apache-2.0
/// Text that nobody else may see.
#ifndef RADIUS_CPP_SECRET_HPP
#define RADIUS_CPP_SECRET_HPP

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace radius {

/// A secret, wiped when it ends. It moves, and is never copied.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : text_(new char[text.size()]), size_(text.size()) {
    text.copy(text_.get(), size_);
  }
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)), size_(std::exchange(other.size_, 0)) {}
  Secret& operator=(Secret&& other) noexcept {
    std::swap(text_, other.text_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Secret() {
    // Through a volatile pointer, so that the compiler does not leave it out.
    for (volatile char* c = text_.get(); c != text_.get() + size_; ++c) *c = 0;
  }

  std::string_view text() const { return {text_.get(), size_}; }
  bool empty() const { return size_ == 0; }

 private:
  std::unique_ptr<char[]> text_;
  size_t size_ = 0;
};

}  // namespace radius

#endif
