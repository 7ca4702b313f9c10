// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace radhost {

/// Says, for as long as it lives, that the thread which made it is one of the program's own, which no module began.
class OwnThread {
 public:
  OwnThread();
  OwnThread(const OwnThread&) = delete;
  OwnThread& operator=(const OwnThread&) = delete;
  ~OwnThread();

  /// Is the thread of this number (gettid(2)) such a one? Any thread.
  static bool is_one(int number);

 private:
  int number_;
};

}  // namespace radhost
