// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/log.h"
#include "config/config.h"

namespace radhost {

/// Gives up root for [server] user, once the ports are bound and before any module's code runs. The state directory is
/// made for that user first. Does nothing for who is not root. Empty when all went well, else the reason.
std::string drop_privileges(const ServerConfig& config, Log& log);

}  // namespace radhost
