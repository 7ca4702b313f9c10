// SPDX-License-Identifier: Apache-2.0
/// From a users file to what serves requests.
#pragma once

#include "user_table.h"

#include <radius/plugin.hpp>
#include <string>
#include <vector>

namespace files {

struct Users {
  UserTable table;
  std::vector<radius::Prebuilt> replies;  // by UserView::reply; NULL is an empty one. The host's
};

/// Reads a file. Every mistake in it is reported to the host; then it throws radius::Error.
Users load_users(const radius::Instance& instance, const std::string& path);

}  // namespace files
