// SPDX-License-Identifier: Apache-2.0
/// Numbers as text.
#ifndef RADIUS_CPP_DECIMAL_HPP
#define RADIUS_CPP_DECIMAL_HPP

#include <cstddef>
#include <cstdint>
#include <string>

namespace radius::detail {

/// Digits, with a sign before negative ones. (std::to_string has a table of digits that g++ makes GNU_UNIQUE: a module
/// built without -fno-gnu-unique could never be unloaded.)
class Decimal {
 public:
  explicit Decimal(int64_t number)
      : Decimal(number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number), number < 0) {}
  explicit Decimal(uint64_t number, bool is_negative = false) {
    do {
      digits_[--begin_] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    if (is_negative) digits_[--begin_] = '-';
  }

  const char* data() const { return digits_ + begin_; }
  size_t size() const { return sizeof digits_ - begin_; }

 private:
  char digits_[20];  // as many as the largest takes, or the least with its sign
  size_t begin_ = sizeof digits_;
};

inline std::string decimal(int64_t number) {
  const Decimal made(number);
  return {made.data(), made.size()};
}

}  // namespace radius::detail

#endif
