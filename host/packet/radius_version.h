// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace radhost {

/// Versions of RADIUS, as the ABI numbers them, and their names in ALPN (RFC 9765 §3.1).
inline constexpr uint8_t radius_1_0 = 10;
inline constexpr uint8_t radius_1_1 = 11;
inline constexpr std::string_view alpn_1_0 = "radius/1.0";
inline constexpr std::string_view alpn_1_1 = "radius/1.1";

}  // namespace radhost
