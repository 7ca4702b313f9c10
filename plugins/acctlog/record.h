// SPDX-License-Identifier: Apache-2.0
/// From a request to its line.
#pragma once

#include <radius/plugin.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace acctlog {

/// The attributes that are never recorded (RFC 2866 §4.1), beside the sensitive ones and the host's own.
struct LeftOut {
  /// Throws radius::Error when the dictionary lacks one of them.
  explicit LeftOut(const radius::Instance& instance);

  bool holds(radius_attr_t attr) const;

  std::vector<radius_attr_t> attrs;
};

/// Writes records. Belongs to one thread, and keeps its memory from one to the next.
class RecordWriter {
 public:
  RecordWriter(const radius::Instance& instance, const LeftOut& left_out) : instance_(instance), left_out_(left_out) {}

  /// One JSON object and a newline. Valid until the next one is written.
  std::string_view write(radius::Request& request);

 private:
  /// What the dictionary says of a handle.
  struct Known {
    radius_text_t name{};
    radius_type_t type = 0;
    uint32_t flags = 0;
  };
  /// One attribute of the request: its name, a part of names_, and its value.
  struct Field {
    size_t name_begin;
    size_t name_length;
    radius::Attribute attribute;
    bool written;
  };

  void collect(const radius::Attribute& attribute, std::string_view parent);
  void append_name(const radius::Attribute& attribute, std::string_view parent);
  void append_attributes();
  void append_value(const radius::Attribute& attribute);
  void append_integer(radius_attr_t attr, radius_type_t type, uint64_t integer);
  void append_printed(const radius_view_t& view);
  const Known& look_up(radius_attr_t attr);
  std::string_view name_of(const Field& field) const {
    return std::string_view(names_).substr(field.name_begin, field.name_length);
  }

  const radius::Instance& instance_;
  const LeftOut& left_out_;
  std::unordered_map<radius_attr_t, Known> known_;
  std::string line_;
  std::string names_;
  std::vector<Field> fields_;
  std::vector<char> printed_;
};

}  // namespace acctlog
