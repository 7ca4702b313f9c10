// SPDX-License-Identifier: Apache-2.0
/// PAP: the password itself, already revealed by the host.
#pragma once

#include "crypt_hash.h"
#include "finding.h"
#include "mschap.h"

#include <string_view>

namespace password {

/// `calculator` may be NULL: then an NT hash is of no use. The first credential that is known decides.
[[nodiscard]] Finding check_pap(std::string_view password, const Known& known, mschap::Calculator* calculator,
                                Crypt& crypt);

}  // namespace password
