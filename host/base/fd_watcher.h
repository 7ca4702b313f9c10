// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

namespace radhost {

/// Watches descriptors on one thread's loop. They stay their owners', and become non-blocking.
class FdWatcher {
 public:
  /// What a descriptor may be ready for: bits, to be combined.
  static constexpr uint32_t readable = 1;
  static constexpr uint32_t writable = 2;
  static constexpr uint32_t closed = 4;  ///< the peer will send no more, or the connection has failed

  /// Who wants to know.
  class Listener {
   public:
    /// What holds of what is watched for; again in the next turn while it still holds. May end the watch.
    virtual void ready(uint32_t events) = 0;

   protected:
    ~Listener() = default;
  };

  /// A watch; ends with it. The descriptor is best closed after that: what is closed before stays open until then.
  class Watch {
   public:
    virtual ~Watch() = default;
    virtual void change(uint32_t events) = 0;
  };

  /// Why a descriptor cannot be watched.
  enum class Error : uint8_t {
    None,
    Unwatchable,  ///< it is not open, or a file, which is always ready
    TooMany,      ///< the process has as many descriptors as it may have
  };

  /// Watches for `events`. `listener` outlives the watch. nullptr with an error when that cannot be.
  virtual std::unique_ptr<Watch> watch(int fd, uint32_t events, Listener& listener, Error& error) = 0;

 protected:
  ~FdWatcher() = default;
};

}  // namespace radhost
