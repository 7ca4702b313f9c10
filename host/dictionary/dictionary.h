// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file_state.h"
#include "base/lazy_array.h"
#include "base/result.h"
#include "packet/attribute_definition.h"

namespace radhost {

/// Compares names as people write them: letter case does not matter.
struct NameHash {
  using is_transparent = void;
  size_t operator()(std::string_view name) const;
};
struct NameEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};

/// How an attribute is named where its definition stands.
enum class Naming {
  Global,  ///< by its own name, which is unique
  Nested,  ///< by its own name behind the name of what holds it, as in Vendor-Specific.Cisco.AVPair
};

/// Names, numbers and data types of attributes; names of their values; vendors. Filled by the parser, then shared
/// between threads: nothing of it changes any more, and raw attributes are only added. Another one may follow it while the
/// server runs.
class Dictionary {
 public:
  /// Raw attributes that can be added.
  static constexpr size_t raw_attributes_max = 65536;

  Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  /// The tree of attributes by number.
  const AttributeDefinition& root() const { return *root_; }

  const AttributeDefinition* find(std::string_view name) const;
  /// The attribute of a handle, which counts from 1; nullptr for any other number, and for one that this dictionary
  /// does not have any more.
  const AttributeDefinition* by_id(uint32_t id) const;
  /// The greatest handle.
  size_t attribute_count() const { return by_id_.size() + raw_count_.load(std::memory_order_acquire); }

  std::optional<uint64_t> value_by_name(const AttributeDefinition& attribute, std::string_view name) const;
  /// Empty when the number has no name.
  std::string_view name_by_value(const AttributeDefinition& attribute, uint64_t value) const;
  /// All named values of an attribute, by number.
  std::vector<std::pair<uint64_t, std::string_view>> values(const AttributeDefinition& attribute) const;

  std::optional<uint32_t> vendor_by_name(std::string_view name) const;
  /// Empty when the dictionary does not know the vendor.
  std::string_view vendor_name(uint32_t vendor) const;

  /// An attribute that holds plain octets under a number, whether or not the dictionary knows that number: what the
  /// names `Attr-200`, `Attr-241.1` and `Vendor-99999-Attr-1` mean. It is kept under its name. The path begins at the
  /// root; nullptr when it leads nowhere, or when there are too many. Any thread, once the parser is done.
  const AttributeDefinition* raw_attribute(const std::vector<uint32_t>& path, std::string_view name);

  // What the parser calls. Each gives the reason when it cannot be; empty when all went well.

  /// `path` begins at `parent`; all but its last number must exist.
  Result<const AttributeDefinition*, std::string> add_attribute(AttributeDefinition& parent,
                                                                const std::vector<uint32_t>& path,
                                                                std::string_view name, Naming naming,
                                                                AttributeDefinition definition);
  /// One more name for an attribute.
  std::string add_alias(std::string_view name, const AttributeDefinition& attribute);
  /// A vendor may have several names; the first is the one that is shown.
  std::string add_vendor(std::string_view name, uint32_t number, VendorFormat format);
  std::string add_value(const AttributeDefinition& attribute, std::string_view name, uint64_t value);

  /// The vendor's space within Vendor-Specific or within an EVS attribute; nullptr for an unknown vendor.
  AttributeDefinition* vendor_space(uint32_t vendor, const AttributeDefinition* evs);
  AttributeDefinition& mutable_root() { return *root_; }
  AttributeDefinition* mutable_by_id(uint32_t id) { return by_id_[id - 1]; }

  /// Sorts the values; called once, after the last add. `before`: the dictionary that this one follows. An attribute that
  /// both have, under its name and numbers, has the same handle in both; no handle is ever given to another attribute.
  void finish(const Dictionary* before = nullptr);

  /// A file that was read, or looked for, as it was then.
  void note_file(const std::string& path, const FileState& state) { files_.emplace(path, state); }
  /// Those that are not as they were.
  std::vector<std::string> changed_files() const;

 private:
  struct NamedValue {
    uint32_t owner;  // the handle of the attribute or enumeration
    uint64_t value;
    std::string_view name;
  };
  struct VendorEntry {
    uint32_t number;
    VendorFormat format;
    std::string_view name;
  };
  using NameMap = std::pmr::unordered_map<std::string_view, AttributeDefinition*, NameHash, NameEqual>;

  std::string_view keep(std::string_view text);
  void name_attribute(AttributeDefinition& attribute, std::string_view name);
  AttributeDefinition* make(const AttributeDefinition& parent, uint32_t number, DataType type);
  AttributeDefinition* mutable_child(const AttributeDefinition& parent, uint32_t number);
  AttributeDefinition* mutable_parent(const AttributeDefinition& child);
  const VendorEntry* vendor_entry(uint32_t number) const;

  const AttributeDefinition* find_raw(std::string_view name) const;
  AttributeDefinition* make_raw(const std::vector<uint32_t>& path, std::string_view name, uint32_t id);
  void keep_handles(const Dictionary& before);
  static std::vector<uint32_t> path_of(const AttributeDefinition& attribute);

  std::pmr::monotonic_buffer_resource memory_;  // what is added stays to the end
  std::pmr::deque<AttributeDefinition> definitions_{&memory_};
  AttributeDefinition* root_;
  std::vector<AttributeDefinition*> by_id_;
  NameMap by_name_{&memory_};
  std::vector<NamedValue> by_value_;     // sorted by owner and value
  std::vector<uint32_t> by_value_name_;  // numbers of those, sorted by owner and name
  std::vector<VendorEntry> vendors_;     // sorted by number
  std::vector<std::pair<std::string_view, uint32_t>> vendor_aliases_;
  std::map<std::string, FileState> files_;

  // Raw attributes, whose handles follow those of all others. Threads that read by handle take no lock.
  mutable std::mutex raw_mutex_;  // of their names, and of `memory_` and `definitions_` once the parser is done
  std::unordered_map<std::string_view, const AttributeDefinition*, NameHash, NameEqual> raw_by_name_;
  LazyArray<const AttributeDefinition*> raw_{raw_attributes_max};
  std::atomic<size_t> raw_count_{0};
  bool has_kept_raw_ = false;  // some that the dictionary before it had
};

}  // namespace radhost
