// SPDX-License-Identifier: Apache-2.0
#include "control/http_stream.h"

#include <microhttpd.h>

#include <algorithm>
#include <utility>

namespace radhost {

bool HttpStream::push(std::string_view line) {
  std::lock_guard lock(mutex_);
  if (has_ended_ || is_closed_ || waiting_.size() + line.size() + 1 > octets_max_) return false;
  waiting_.append(line).append("\n");
  wake();
  return true;
}

void HttpStream::end() {
  std::lock_guard lock(mutex_);
  has_ended_ = true;
  wake();
}

bool HttpStream::is_over() const {
  std::lock_guard lock(mutex_);
  return is_closed_;
}

void HttpStream::wake() {
  if (suspended_ != nullptr) MHD_resume_connection(std::exchange(suspended_, nullptr));
}

ptrdiff_t HttpStream::take(MHD_Connection* connection, char* into, size_t size) {
  std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    if (has_ended_) return -1;
    suspended_ = connection;
    MHD_suspend_connection(connection);
    return 0;
  }
  size_t taken = std::min(size, waiting_.size());
  waiting_.copy(into, taken);
  waiting_.erase(0, taken);
  return static_cast<ptrdiff_t>(taken);
}

void HttpStream::close() {
  std::lock_guard lock(mutex_);
  is_closed_ = true;
  suspended_ = nullptr;
}

}  // namespace radhost
