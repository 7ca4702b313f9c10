// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/client_kind.h"
#include "dictionary/notation.h"

namespace radhost {

/// A request as the client of a module's configuration (module_config) would send it: the text's pairs, `more` where
/// they do not hold it, and what every request of its kind must carry: a NAS-Identifier, a User-Password, for
/// accounting Acct-Status-Type and Acct-Session-Id. The error says what of the text is wrong.
Result<std::vector<uint8_t>, std::string> make_test_request(Dictionary& dictionary, Code code, const std::string& text,
                                                            const std::vector<Pair>& more = {});

/// The State of an answer, with which the next request goes on; nothing when there is none.
std::vector<Pair> state_of_answer(Octets answer);

}  // namespace radhost
