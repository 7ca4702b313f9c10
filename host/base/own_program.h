// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace radhost {

/// Was the file that this process runs replaced, as by an upgrade, or removed since it began? Any thread.
bool is_program_replaced();

}  // namespace radhost
