// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace radhost {

/// What stays of names for as long as the process lives, whatever configurations say of them: a Record for each, made
/// when the name is first heard of. It has a number, by which counters are kept, and what is shared of the name. One
/// thread adds; who has a record may use it on any thread.
template <class Record>
class Records {
 public:
  /// At most `records_max`.
  explicit Records(size_t records_max) : records_max_(records_max) {}

  /// The name's record; nullptr when there are too many names already.
  Record* of(const std::string& name) {
    auto found = by_name_.find(name);
    if (found != by_name_.end()) return found->second;
    if (records_.size() == records_max_) return nullptr;
    Record& made = records_.emplace_back(name, records_.size());
    by_name_.emplace(made.name, &made);
    count_.store(records_.size(), std::memory_order_relaxed);
    return &made;
  }

  const Record& at(size_t index) const { return records_[index]; }

  /// Any thread.
  size_t size() const { return count_.load(std::memory_order_relaxed); }
  size_t records_max() const { return records_max_; }

 private:
  size_t records_max_;
  std::deque<Record> records_;
  std::map<std::string_view, Record*> by_name_;
  std::atomic<size_t> count_{0};
};

}  // namespace radhost
