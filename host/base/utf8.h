// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace radhost {

/// Is it UTF-8 (RFC 3629)?
bool is_utf8(std::string_view text);

/// Is it UTF-8, without control characters?
bool is_plain_text(std::string_view text);

}  // namespace radhost
