// SPDX-License-Identifier: Apache-2.0
/// Lists of attributes: reading them, and writing to them.
#ifndef RADIUS_CPP_LIST_HPP
#define RADIUS_CPP_LIST_HPP

#include <radius/cpp/attribute.hpp>

#include <optional>
#include <string_view>

namespace radius {

/// All values of one attribute in a list, as T.
template <class T>
class Values {
 public:
  Values(const radius_host_v1_t& host, const radius_list_t* list, radius_attr_t attr)
      : host_(&host), list_(list), attr_(attr) {}

  class Iterator {
   public:
    explicit Iterator(const Values& of) : of_(of) { take(of.host_->lists->find(of.list_, of.attr_, &view_)); }
    const T& operator*() const { return *value_; }
    Iterator& operator++() {
      take(of_.host_->lists->find_next(of_.list_, of_.attr_, &view_));
      return *this;
    }
    bool operator!=(detail::End) const { return value_.has_value(); }

   private:
    /// Goes on to one that is a T.
    void take(radius_status_t status) {
      value_.reset();
      for (; status == RADIUS_OK; status = of_.host_->lists->find_next(of_.list_, of_.attr_, &view_)) {
        value_ = detail::read_as<T>(*of_.host_->lists, view_);
        if (value_) return;
      }
    }
    const Values& of_;
    radius_view_t view_{};
    std::optional<T> value_;
  };
  Iterator begin() const { return Iterator(*this); }
  static detail::End end() { return {}; }

 private:
  const radius_host_v1_t* host_;
  const radius_list_t* list_;
  radius_attr_t attr_;
};

/// A list of attributes to read, borrowed.
class ListView {
 public:
  ListView(const radius_host_v1_t& host, const radius_list_t* list) : host_(&host), list_(list) {}

  class Iterator {
   public:
    Iterator(const radius_host_v1_t& host, const radius_list_t* list)
        : host_(&host), list_(list), is_there_(host.lists->first(list, &view_) == RADIUS_OK) {}
    Attribute operator*() const { return {*host_, list_, view_}; }
    Iterator& operator++() {
      is_there_ = host_->lists->next(list_, &view_) == RADIUS_OK;
      return *this;
    }
    bool operator!=(detail::End) const { return is_there_; }

   private:
    const radius_host_v1_t* host_;
    const radius_list_t* list_;
    radius_view_t view_{};
    bool is_there_;
  };
  Iterator begin() const { return {*host_, list_}; }
  static detail::End end() { return {}; }
  bool empty() const { return !(begin() != end()); }

  /// The first attribute with this handle.
  std::optional<Attribute> find(AnyAttr attr) const {
    radius_view_t view{};
    if (host_->lists->find(list_, attr.handle(), &view) != RADIUS_OK) return std::nullopt;
    return Attribute(*host_, list_, view);
  }
  /// The next one with its handle.
  std::optional<Attribute> find_next(const Attribute& attribute) const {
    radius_view_t view = attribute.view();
    if (host_->lists->find_next(list_, view.attr, &view) != RADIUS_OK) return std::nullopt;
    return Attribute(*host_, list_, view);
  }

  /// The first value of an attribute. Nothing where there is none.
  template <class T>
  std::optional<T> get(Attr<T> attr) const {
    for (const T& value : all(attr)) return value;
    return std::nullopt;
  }
  /// All of them, in order: `for (uint32_t value : list.all(attr))`.
  template <class T>
  Values<T> all(Attr<T> attr) const {
    return {*host_, list_, attr.handle()};
  }
  /// The same by a handle without a type. Throw Error when the attribute is of a type that T cannot hold.
  template <class T>
  std::optional<T> get(radius_attr_t attr) const {
    return get(Attr<T>(attr));
  }
  template <class T>
  Values<T> all(radius_attr_t attr) const {
    return all(Attr<T>(attr));
  }

  const radius_list_t* get() const { return list_; }

 protected:
  const radius_host_v1_t& host() const { return *host_; }

 private:
  const radius_host_v1_t* host_;
  const radius_list_t* list_;
};

/// An immutable list, made in `create`, which lives as long as the instance.
using Prebuilt = const radius_prebuilt_t*;

class Group;

/// A list of attributes to write to, borrowed. What cannot be written throws Error.
class List : public ListView {
 public:
  List(const radius_host_v1_t& host, radius_list_t* list) : ListView(host, list), list_(list) {}

  /// By name and text, as an operator writes them, the tag behind the name: `add("Tunnel-Type:1", "VLAN")`. For set-up
  /// and rare cases.
  void add(std::string_view name, std::string_view text) {
    require(host().lists->add_named(list_, to_text(name), to_text(text)), name);
  }
  /// A value that fits the attribute's type.
  template <class T, class V>
  void add(Attr<T> attr, const V& value, Tag tag = {}) {
    require(detail::Value<T>::add(*host().lists, list_, attr.handle(), tag.number, value), "add");
  }
  /// The same by a handle without a type: octets or text as they are, an integer, an address.
  void add(radius_attr_t attr, std::string_view octets, Tag tag = {}) {
    add(Attr<std::string_view>(attr), octets, tag);
  }
  void add(radius_attr_t attr, Octets octets, Tag tag = {}) { add(Attr<Octets>(attr), octets, tag); }
  template <class V, class = std::enable_if_t<detail::is_integer_v<V> || std::is_enum_v<V>>>
  void add(radius_attr_t attr, V value, Tag tag = {}) {
    require(detail::add_any_integer(*host().lists, list_, attr, tag.number, value), "add");
  }
  void add(radius_attr_t attr, const Ipv4& value, Tag tag = {}) { add(Attr<Ipv4>(attr), value, tag); }
  void add(radius_attr_t attr, const Ipv6& value, Tag tag = {}) { add(Attr<Ipv6>(attr), value, tag); }
  void add(radius_attr_t attr, const Prefix& value, Tag tag = {}) { add(Attr<Prefix>(attr), value, tag); }
  void add(radius_attr_t attr, const InterfaceId& value, Tag tag = {}) { add(Attr<InterfaceId>(attr), value, tag); }
  void add(radius_attr_t attr, const Ethernet& value, Tag tag = {}) { add(Attr<Ethernet>(attr), value, tag); }
  void add(radius_attr_t attr, Time value, Tag tag = {}) { add(Attr<Time>(attr), value, tag); }

  /// From text, as an operator writes it: the name of a value, an address, `0x0102`.
  void add_parsed(AnyAttr attr, std::string_view text, Tag tag = {}) {
    require(host().lists->add_parsed(list_, attr.handle(), tag.number, to_text(text)), "add_parsed");
  }

  /// In place of all that are there.
  template <class A, class V>
  void replace(A attr, const V& value, Tag tag = {}) {
    remove(attr);
    add(attr, value, tag);
  }
  /// Takes out every attribute with this handle, and says how many there were.
  uint64_t remove(AnyAttr attr) {
    uint64_t removed = 0;
    require(host().lists->remove(list_, attr.handle(), &removed), "remove");
    return removed;
  }

  /// Appends a copy of all of it.
  void append(Prebuilt prebuilt) { require(host().lists->append_prebuilt(list_, prebuilt), "append"); }
  void append(const ListView& other) { require(host().lists->append(list_, other.get()), "append"); }

  /// What is added until the group ends goes into one TLV, or one Vendor-Specific attribute.
  [[nodiscard]] Group group(AnyAttr attr);

  radius_list_t* get() const { return list_; }
  using ListView::get;

 private:
  radius_list_t* list_;
};

}  // namespace radius

#endif
