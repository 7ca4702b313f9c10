// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/log.h"
#include "config/config.h"
#include "control/listening_socket.h"

namespace radhost {

/// Gives up root for [server] user, once the ports are bound and before any module's code runs. The state directory is
/// made for that user first. Does nothing for who is not root. Empty when all went well, else the reason.
std::string drop_privileges(const ServerConfig& config, Log& log);

/// Whose the control socket will be: the user's that drop_privileges() becomes, else the process's own.
SocketOwner control_socket_owner(const ServerConfig& config);

}  // namespace radhost
