// SPDX-License-Identifier: Apache-2.0
/// The dictionary, for what handles alone do not tell.
#ifndef RADIUS_CPP_DICTIONARY_HPP
#define RADIUS_CPP_DICTIONARY_HPP

#include <radius/cpp/attr.hpp>
#include <radius/cpp/error.hpp>
#include <radius/cpp/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace radius {

/// What the host's dictionary knows. It may be asked at any time; attributes that it does not know, such as `Attr-200`,
/// are to be had in the module's constructor alone.
class Dictionary {
 public:
  Dictionary(const radius_host_v1_t& host, radius_instance_t* instance)
      : table_(host.dictionary), instance_(instance) {}

  std::optional<radius_attr_t> find(std::string_view name) const {
    radius_attr_t attr = 0;
    if (table_->resolve(instance_, to_text(name), &attr) != RADIUS_OK) return std::nullopt;
    return attr;
  }
  /// The attribute whose name is nearest to one that is not known.
  std::optional<std::string> suggest(std::string_view name) const {
    radius_text_t nearest{};
    if (table_->suggest(instance_, to_text(name), &nearest) != RADIUS_OK) return std::nullopt;
    return std::string(to_view(nearest));
  }

  /// Throws Error for a handle that is none.
  radius_attr_info_t describe(AnyAttr attr) const {
    radius_attr_info_t info{};
    info.size = sizeof info;
    require(table_->describe(instance_, attr.handle(), &info), "describe");
    return info;
  }
  /// Lives as long as the process.
  std::string_view name(AnyAttr attr) const { return to_view(describe(attr).name); }

  /// The number of a named value, and the name of a number; the name lives as long as the process.
  std::optional<uint64_t> value(AnyAttr attr, std::string_view name) const {
    uint64_t value = 0;
    if (table_->value_by_name(instance_, attr.handle(), to_text(name), &value) != RADIUS_OK) return std::nullopt;
    return value;
  }
  std::optional<std::string_view> value_name(AnyAttr attr, uint64_t value) const {
    radius_text_t name{};
    if (table_->name_by_value(instance_, attr.handle(), value, &name) != RADIUS_OK) return std::nullopt;
    return to_view(name);
  }

  /// A value's octets as operators write them, and back. Throw Error when they do not fit the attribute.
  std::string print(AnyAttr attr, Octets octets) const {
    std::string text(64, '\0');
    uint64_t length = text.size();
    radius_status_t status = print_to(attr, octets, text, length);
    if (status == RADIUS_ERR_LIMIT) {  // then `length` is what it takes
      text.resize(static_cast<size_t>(length));
      status = print_to(attr, octets, text, length);
    }
    require(status, "print");
    text.resize(static_cast<size_t>(length));
    return text;
  }
  std::vector<uint8_t> parse(AnyAttr attr, std::string_view text) const {
    std::vector<uint8_t> octets(4096);  // no value is longer than a packet
    uint64_t length = octets.size();
    require(table_->parse(instance_, attr.handle(), to_text(text), octets.data(), &length), text);
    octets.resize(static_cast<size_t>(length));
    return octets;
  }

 private:
  radius_status_t print_to(AnyAttr attr, Octets octets, std::string& text, uint64_t& length) const {
    return table_->print(instance_, attr.handle(), octets.data(), octets.size(), text.data(), &length);
  }
  const radius_dictionary_v1_t* table_;
  radius_instance_t* instance_;
};

}  // namespace radius

#endif
