// SPDX-License-Identifier: Apache-2.0
/// What modules that try everything expect of the host: the first line that is not so is their error.
#pragma once

#include <radius/plugin.hpp>

#include <string>

inline void expect(bool holds, const char* what, int line) {
  if (!holds) throw radius::Error(RADIUS_ERR_INTERNAL, "line " + std::to_string(line) + ": " + what);
}
#define EXPECT(...) expect(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __LINE__)

/// Does `body` throw an Error with this status?
template <class Body>
bool throws(radius_status_t status, Body&& body) {
  try {
    body();
  } catch (const radius::Error& error) {
    return error.status() == status;
  }
  return false;
}
