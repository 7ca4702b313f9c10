// SPDX-License-Identifier: Apache-2.0
#include "base/own_thread.h"

#include <unistd.h>

#include <mutex>
#include <set>

namespace radhost {
namespace {

struct Numbers {
  std::mutex mutex;
  std::set<int> all;
};

/// Never destroyed: threads that were given up may end later than all else.
Numbers& numbers() {
  static Numbers& known = *new Numbers;
  return known;
}

}  // namespace

OwnThread::OwnThread() : number_(gettid()) {
  std::lock_guard lock(numbers().mutex);
  numbers().all.insert(number_);
}

OwnThread::~OwnThread() {
  std::lock_guard lock(numbers().mutex);
  numbers().all.erase(number_);
}

bool OwnThread::is_one(int number) {
  std::lock_guard lock(numbers().mutex);
  return numbers().all.contains(number);
}

}  // namespace radhost
