// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/ext/client.h>

#include <string_view>

namespace radhost {

/// An extension's table by its id (radius/ext/); nullptr when this host does not have it.
const void* find_extension(std::string_view id);

// The tables, each in a file of its own.
const radius_client_v1_t& client_table();

}  // namespace radhost
