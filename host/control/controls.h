// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/log.h"

namespace radhost {

class Exposition;
class HttpStream;

/// Which requests are followed; what is empty leaves out none.
struct TraceFilter {
  std::string user;  ///< a User-Name, or a pattern with * and ?
  std::string client;
  std::string listener;
  std::string kind;  ///< "access", "accounting", "coa", "disconnect"
};

/// What the control plane asks of the server it belongs to. Called by the control plane's threads, at any time while it
/// lives and several at once; so an implementation is thread-safe. What changes the server is done one after the other,
/// and waited for; all else never waits for a worker.
class Controls {
 public:
  virtual ~Controls() = default;

  /// What is served, as `radhost status --json` prints it.
  virtual std::string status() = 0;
  /// What is known of the clients' sources, as `radhost status --clients --json` prints it.
  virtual std::string clients() = 0;
  /// What was counted, as `radhost stats --json` prints it.
  virtual std::string stats() = 0;
  /// Adds all metrics.
  virtual void collect(Exposition& metrics) = 0;

  /// What a change has come to.
  struct Outcome {
    std::string json;   ///< what was done
    std::string error;  ///< or why nothing was; empty when it was done
    std::vector<std::string> details = {};
  };
  struct ReloadOptions {
    bool dry_run = false;     ///< only what would change
    bool keep_swaps = false;  ///< modules that were swapped in stay
    bool tls_recheck = false;  ///< connections whose certificates are not believed any more are ended
    /// Where the program's file was replaced, a process of the new one takes over, which reads the configuration itself:
    /// the outcome is {"successor": PID}, as soon as that has begun.
    bool upgrade = false;
  };
  /// The configuration, read anew.
  virtual Outcome reload(const ReloadOptions& options) = 0;
  /// Another module's file for one listener's plugin, "LISTENER.PLUGIN"; and the way back, of what was changed last where
  /// `target` is empty.
  virtual Outcome swap(const std::string& target, const std::string& file) = 0;
  virtual Outcome rollback(const std::string& target) = 0;

  /// Requests from now on, a JSON object a line. Null when as many are followed as may be, with the reason in `error`.
  virtual std::shared_ptr<HttpStream> trace(const TraceFilter& filter, std::string& error) = 0;

  /// May another process take over from this server? Else the reason.
  virtual std::string why_not_taken_over() = 0;
  /// One that does is at the other end of the socket.
  virtual void be_taken_over(Descriptor socket) = 0;

  virtual void set_log_level(LogLevel level) = 0;
  /// Begins to end the server, as SIGTERM does. Further calls change nothing.
  virtual void drain() = 0;
};

}  // namespace radhost
