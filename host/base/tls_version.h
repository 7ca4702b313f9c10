// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace radhost {

/// Those that may be spoken (RFC 9325 §3.1.1).
enum class TlsVersion : uint8_t {
  V1_2,
  V1_3
};
inline constexpr std::array<std::string_view, 2> tls_version_words{"1.2", "1.3"};

}  // namespace radhost
