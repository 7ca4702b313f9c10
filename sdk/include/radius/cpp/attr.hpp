// SPDX-License-Identifier: Apache-2.0
/// Handles of attributes that know the type of their values.
#ifndef RADIUS_CPP_ATTR_HPP
#define RADIUS_CPP_ATTR_HPP

#include <radius/list.h>

#include <cstdint>

namespace radius {

/// Stands for the values of an attribute that holds other attributes.
struct Tlv {};

/// An attribute whose values are a T: `uint8_t` to `uint64_t`, `int32_t`, `std::string_view`, `Octets`, `Ipv4`, `Ipv6`,
/// `Prefix`, `InterfaceId`, `Ethernet`, `Time` or `Tlv`. Made by `Instance::attribute<T>`, which asks the dictionary
/// whether that is so; what does not fit it later is a mistake when the module is compiled.
template <class T>
class Attr {
 public:
  constexpr Attr() = default;
  constexpr explicit Attr(radius_attr_t handle) : handle_(handle) {}
  constexpr radius_attr_t handle() const { return handle_; }

 private:
  radius_attr_t handle_ = 0;
};

/// Any attribute, where its type does not matter.
class AnyAttr {
 public:
  constexpr AnyAttr(radius_attr_t handle) : handle_(handle) {}
  template <class T>
  constexpr AnyAttr(Attr<T> attr) : handle_(attr.handle()) {}
  constexpr radius_attr_t handle() const { return handle_; }

 private:
  radius_attr_t handle_;
};

/// A tag of RFC 2868, 0 to 31; the host refuses others.
struct Tag {
  constexpr Tag() = default;
  constexpr explicit Tag(int32_t tag) : number(tag) {}
  int32_t number = RADIUS_NO_TAG;
};

}  // namespace radius

#endif
