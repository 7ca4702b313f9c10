// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>

#include "exchange/client_table.h"
#include "plugin/chain_version.h"

namespace radhost {

/// What the pipeline must know of a [[listener]]: who may ask, what, and who answers. Immutable, shared by all
/// workers.
struct Listener {
  std::string name;
  size_t index = 0;  ///< in the configuration; counters are kept by it
  std::array<bool, request_kind_count> accepts{};
  RequestKind main_kind = RequestKind::Access;  ///< the first it accepts: what is no request here counts there
  std::array<std::shared_ptr<const ChainVersion>, request_kind_count> chains;
  ClientTable clients;
};

}  // namespace radhost
