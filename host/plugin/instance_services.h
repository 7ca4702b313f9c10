// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "dictionary/dictionary.h"
#include "plugin/extension_services.h"
#include "plugin/token_table.h"

namespace radhost {

/// What instances use of the host; what is named outlives them.
struct InstanceServices {
  std::shared_ptr<Dictionary> dictionary;
  Log& log;
  TokenTable& tokens;
  ExtensionServices& extensions;
  size_t offload_threads = 16;
  size_t offload_queue = 4096;
  uint64_t handler_warn_ns = 0;         ///< a call that holds a worker longer is named; 0: none is
  std::vector<std::string> pools = {};   ///< their names
  std::vector<std::string> chains = {};  ///< names of those that subrequests may run through
  uint64_t generation = 1;
};

}  // namespace radhost
