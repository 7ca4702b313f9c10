// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

namespace radhost {

/// One element for each worker, on cache lines of its own: what one worker writes costs the others nothing.
template <class Element>
class PerWorker {
 public:
  explicit PerWorker(size_t workers) : lines_(std::make_unique<Line[]>(workers)), size_(workers) {}

  size_t size() const { return size_; }
  Element& operator[](size_t worker) const { return lines_[worker].element; }

 private:
  struct alignas(64) Line {
    Element element;
  };
  std::unique_ptr<Line[]> lines_;
  size_t size_;
};

}  // namespace radhost
