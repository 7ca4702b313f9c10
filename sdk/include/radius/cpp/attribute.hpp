// SPDX-License-Identifier: Apache-2.0
/// One attribute of a list, and what it holds.
#ifndef RADIUS_CPP_ATTRIBUTE_HPP
#define RADIUS_CPP_ATTRIBUTE_HPP

#include <radius/host.h>
#include <radius/cpp/value.hpp>

#include <optional>
#include <string_view>

namespace radius {

class Children;

/// One attribute of a list, seen where it lies. As long-lived as the list, until that is next written to.
class Attribute {
 public:
  Attribute(const radius_host_v1_t& host, const radius_list_t* list, const radius_view_t& view)
      : host_(&host), list_(list), view_(view) {}

  /// 0 when the dictionary does not know it.
  radius_attr_t handle() const { return view_.attr; }
  bool is(AnyAttr attr) const { return view_.attr != 0 && view_.attr == attr.handle(); }
  std::optional<uint8_t> tag() const {
    if (!has(RADIUS_VIEW_TAGGED)) return std::nullopt;
    return view_.tag;
  }
  const uint8_t* data() const { return view_.data; }
  size_t size() const { return view_.length; }
  Octets octets() const { return {view_.data, view_.length}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(view_.data), view_.length}; }

  /// Was it hidden on the wire? Never log its value.
  bool is_sensitive() const { return has(RADIUS_VIEW_SENSITIVE); }
  /// The octets do not fit the data type.
  bool is_invalid() const { return has(RADIUS_VIEW_INVALID); }
  bool is_internal() const { return has(RADIUS_VIEW_INTERNAL); }

  /// The value; nothing when its octets are no T. Throws Error when the attribute is of a type that T cannot hold.
  template <class T>
  std::optional<T> as() const {
    return detail::read_as<T>(*host_->lists, view_);
  }
  /// The value of an integer, an enumeration or a time; nothing when the octets are of another length.
  std::optional<uint64_t> integer() const {
    uint64_t value = 0;
    if (host_->lists->read_integer(&view_, &value) != RADIUS_OK) return std::nullopt;
    return value;
  }

  /// What a TLV holds; nothing, of any other attribute.
  Children children() const;
  /// The value of the first child with this handle.
  template <class T>
  std::optional<T> child(Attr<T> attr) const;

  /// The whole attribute as received, header included; nothing in lists that were not received.
  std::optional<Octets> raw() const {
    const uint8_t* octets = nullptr;
    uint32_t length = 0;
    if (host_->lists->raw(list_, &view_, &octets, &length) != RADIUS_OK) return std::nullopt;
    return Octets(octets, length);
  }
  const radius_view_t& view() const { return view_; }

 private:
  bool has(unsigned flag) const { return (view_.flags & flag) != 0; }

  const radius_host_v1_t* host_;
  const radius_list_t* list_;
  radius_view_t view_;
};

namespace detail {

/// The end of every iteration over attributes.
struct End {};

}  // namespace detail

/// The children of a TLV, in order.
class Children {
 public:
  Children(const radius_host_v1_t& host, const radius_list_t* list, const radius_view_t& parent)
      : host_(&host), list_(list), parent_(parent) {}

  class Iterator {
   public:
    explicit Iterator(const Children& of)
        : of_(of), is_there_(of.host_->lists->first_child(of.list_, &of_.parent_, &view_) == RADIUS_OK) {}
    Attribute operator*() const { return {*of_.host_, of_.list_, view_}; }
    Iterator& operator++() {
      is_there_ = of_.host_->lists->next_child(of_.list_, &of_.parent_, &view_) == RADIUS_OK;
      return *this;
    }
    bool operator!=(detail::End) const { return is_there_; }

   private:
    const Children& of_;
    radius_view_t view_{};
    bool is_there_;
  };
  Iterator begin() const { return Iterator(*this); }
  static detail::End end() { return {}; }
  bool empty() const { return !(begin() != end()); }

 private:
  const radius_host_v1_t* host_;
  const radius_list_t* list_;
  radius_view_t parent_;
};

inline Children Attribute::children() const { return {*host_, list_, view_}; }

template <class T>
std::optional<T> Attribute::child(Attr<T> attr) const {
  for (const Attribute held : children())
    if (held.is(attr)) return held.as<T>();
  return std::nullopt;
}

}  // namespace radius

#endif
