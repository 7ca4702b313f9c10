// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/ext/client.h>
#include <radius/ext/fd.h>
#include <radius/ext/metrics.h>
#include <radius/ext/store.h>
#include <radius/ext/subrequest.h>

#include <string_view>

namespace radhost {

/// The table of an extension (radius/ext/), constant and without state of its own; nullptr for what this host does not
/// have.
const void* find_extension(std::string_view id);

// The tables, each in a file of its own.
const radius_client_v1_t& client_table();
const radius_store_v1_t& store_table();
const radius_metrics_v1_t& metrics_table();
const radius_fd_v1_t& fd_table();
const radius_subrequest_v1_t& subrequest_table();

}  // namespace radhost
