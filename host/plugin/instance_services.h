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

struct Pool;  // exchange/pool.h

/// A [pool.NAME] that requests can be sent to.
struct NamedPool {
  std::string name;
  std::shared_ptr<const Pool> pool;
};

/// What instances use of the host; what is named outlives them.
struct InstanceServices {
  std::shared_ptr<Dictionary> dictionary;
  Log& log;
  TokenTable& tokens;
  ExtensionServices& extensions;
  size_t offload_threads = 16;
  size_t offload_queue = 4096;
  uint64_t handler_warn_ns = 0;         ///< a call that holds a worker longer is named; 0: none is
  size_t store_waiting_max = 4096;       ///< calls of the store that may wait for their callbacks, of each thread
  size_t metrics_max = 256;
  size_t watches_max = 1024;  ///< descriptors that it may watch on each worker
  std::vector<NamedPool> pools = {};
  std::vector<std::string> chains = {};  ///< names of those that subrequests may run through
  uint64_t generation = 1;
};

}  // namespace radhost
