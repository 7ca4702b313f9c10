// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "exchange/pool.h"

namespace radhost {

/// Reads the certificates, keys and lists of a pool's servers, for what they are by now: one element for each server.
/// What cannot be used is added to `errors`, where it is named.
std::vector<HomeServerTls> make_pool_tls(const PoolConfig& pool, std::vector<ConfigError>& errors);

/// The files behind a pool that are not as they were when it was made.
std::vector<std::string> changed_tls_files(const Pool& pool);

}  // namespace radhost
