// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "exchange/listener.h"
#include "exchange/pool.h"
#include "exchange/records.h"
#include "exchange/request_witness.h"
#include "exchange/source_policy.h"
#include "plugin/conversations.h"
#include "plugin/extension_services.h"
#include "plugin/lifecycle_thread.h"
#include "plugin/token_table.h"

namespace radhost {

/// What outlives every configuration that is served, and the instances and requests of all of them.
struct Foundation {
  /// What is named outlives it.
  Foundation(const Config& config, std::string state, Log& used_log, LifecycleThread& thread);
  Foundation(const Foundation&) = delete;
  Foundation& operator=(const Foundation&) = delete;

  /// What is bounded by a configuration, is bounded by this one from now on.
  void limit(const Config& config);

  const std::string state_directory;
  Log& log;
  LifecycleThread& lifecycle;
  const size_t workers;  ///< at most; they never change
  TokenTable tokens;
  ExtensionServices extensions;
  Conversations conversations;
  SourcePolicy sources;
  std::atomic<RequestWitness*> tracer{nullptr};  ///< who looks on while somebody traces; outlives the workers
  Records<ListenerRecord> listeners;
  Records<ClientRecord> clients;
  Records<HomeServerRecord> home_servers;
  std::vector<std::weak_ptr<const Pool>> pools;  ///< those that there are, by their numbers; the main thread's
};

}  // namespace radhost
