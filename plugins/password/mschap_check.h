// SPDX-License-Identifier: Apache-2.0
/// MS-CHAP of both versions: from the attributes' values to a finding and to what the reply carries.
#pragma once

#include "finding.h"
#include "mschap.h"
#include "offered.h"

#include <array>
#include <optional>
#include <string_view>

#include <stdint.h>

namespace password {

/// Version 1, RFC 2433. `keys`, when the finding is Right: MS-CHAP-MPPE-Keys.
struct MsChapFinding {
  Finding finding = Finding::Malformed;
  uint8_t ident = 0;  // unless Malformed
  mschap::Secret<24> keys;
};
[[nodiscard]] MsChapFinding check_mschap(Octets response, Octets challenge, const Known& known,
                                         mschap::Calculator& calculator);

/// Version 2, RFC 2759. `success` and `keys` when the finding is Right: MS-CHAP2-Success, MS-MPPE-Send-Key
/// and MS-MPPE-Recv-Key.
struct MsChap2Finding {
  Finding finding = Finding::Malformed;
  uint8_t ident = 0;  // unless Malformed
  std::array<uint8_t, 43> success{};
  mschap::SessionKeys keys;
};
[[nodiscard]] MsChap2Finding check_mschap2(Octets response, Octets challenge, std::string_view user_name,
                                           const Known& known, mschap::Calculator& calculator);

}  // namespace password
