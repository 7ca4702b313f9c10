// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace radhost {

// The system takes paths of up to 107 octets for a Unix socket. These take longer ones too, as long as the file's own
// name is not that long: they reach the file through its folder. Each gives 0, or the errno of the failure.

[[nodiscard]] int bind_to_path(int socket, const std::string& path);
[[nodiscard]] int connect_to_path(int socket, const std::string& path);

}  // namespace radhost
