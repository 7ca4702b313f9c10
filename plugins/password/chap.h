// SPDX-License-Identifier: Apache-2.0
/// CHAP (RFC 1994, RFC 2865 §5.3): MD5 over an identifier, the password and a challenge.
#pragma once

#include "finding.h"
#include "offered.h"

namespace password {

/// `response`: the value of CHAP-Password, which is an identifier and 16 octets. Allocates nothing, on any thread.
[[nodiscard]] Finding check_chap(Octets response, Octets challenge, const Known& known);

}  // namespace password
