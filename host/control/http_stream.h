// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

struct MHD_Connection;

namespace radhost {

/// An answer that goes on for as long as its client listens: lines, which others give. Bounded: a client that reads too
/// slowly misses lines. Any thread.
class HttpStream {
 public:
  /// `octets_max`: of lines that wait to be sent.
  explicit HttpStream(size_t octets_max) : octets_max_(octets_max) {}
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  /// False when there is no room for the line, which is lost then, or nobody who listens.
  bool push(std::string_view line);

  /// What was given is sent, and nothing after it.
  void end();

  /// Does nobody listen any more?
  bool is_over() const;

  // What the server calls, on its thread.

  /// How many octets were taken; 0: none yet, and the connection is suspended until there are; -1: there will be none.
  ptrdiff_t take(MHD_Connection* connection, char* into, size_t size);
  /// The connection is gone.
  void close();

 private:
  void wake();

  const size_t octets_max_;
  mutable std::mutex mutex_;
  std::string waiting_;
  MHD_Connection* suspended_ = nullptr;
  bool has_ended_ = false;
  bool is_closed_ = false;
};

}  // namespace radhost
