// SPDX-License-Identifier: Apache-2.0
/// UTF-8 to UTF-16 in little-endian order: how Windows spells a password before it hashes it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <stdint.h>

namespace mschap {

/// How many octets were written; nothing when `text` is not UTF-8 (RFC 3629) or does not fit.
[[nodiscard]] std::optional<size_t> encode_utf16le(std::string_view text, std::span<uint8_t> out);

}  // namespace mschap
