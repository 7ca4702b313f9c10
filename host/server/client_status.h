// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "exchange/source_policy.h"
#include "server/assembly.h"

namespace radhost {

/// What `radhost status --clients` tells: {"clients": [{"name", "address", "require_message_authenticator",
/// "limit_proxy_state", "sources": [{"address", "sends_message_authenticator"}]}], "is_complete"}, where a source
/// sends it "always", "sometimes" or "never". Sources of clients that must send it anyway are not watched; their client
/// has no "sources". "is_complete" is false when there were too many sources to remember.
nlohmann::ordered_json clients_json(const Assembly& assembly, const SourcePolicy& sources);

}  // namespace radhost
