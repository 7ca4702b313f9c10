// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace radhost {

/// The path of the file that this process was started from, or of what has replaced it by now. Any thread.
std::string own_program();

/// Was the file that this process runs replaced, as by an upgrade, or removed since it began? Any thread.
bool is_program_replaced();

}  // namespace radhost
