// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "config/changes.h"
#include "server/swaps.h"

namespace radhost {

/// Goes over to another configuration while serving: all of it, or nothing. Instances that would be made alike go on,
/// and so do sockets of addresses that stay. The main thread, but for `last`.
class Reloads {
 public:
  /// Reads the configuration anew; every mistake is added to `errors`. Where there is no file: nothing.
  using Load = std::function<Config(std::vector<ConfigError>& errors)>;

  Reloads(Load load, Modules& modules, Workers& workers, Retirement& retirement, Swaps& swaps);
  Reloads(const Reloads&) = delete;
  Reloads& operator=(const Reloads&) = delete;

  struct Options {
    bool dry_run = false;     ///< all but what would change anything
    bool keep_swaps = false;  ///< what was swapped in stays, though the configuration names other files
    /// Connections whose certificates are not believed any more, by other authorities or lists of revoked ones, are ended.
    bool tls_recheck = false;
  };
  struct Done {
    std::vector<ConfigChange> changes;
    std::string late;  ///< which workers have yet to go over to it; empty when all have
  };
  Result<Done, Refused> reload(const Options& options);

  /// Back to the configuration and the modules' files that there were before the last reload; and so the next one is
  /// back again. Other files, such as those that modules read, are as they are now.
  Result<Done, Refused> rollback();
  /// Is a reload what was changed last?
  bool is_last() const { return is_last_; }
  void note_swap() { is_last_ = false; }

  /// How the last one went; the start counts as the first. Any thread.
  struct Last {
    int64_t at_us;  ///< wall clock
    std::string result;
  };
  Last last() const;

 private:
  /// What there is to go back to.
  struct Before {
    std::shared_ptr<const Config> config;
    Assembly::Files files;
  };
  /// Addresses that workers have yet to close.
  struct Closing {
    std::vector<Endpoint> addresses;
    std::shared_ptr<const std::atomic<size_t>> left;
  };
  Result<Done, Refused> go_over(const Config& config, const Assembly::From& from, const Options& options);
  std::string start(const Assembly& next, const Assembly& before);
  void drop(std::shared_ptr<Assembly> next, const Assembly& before);
  void give_up(std::shared_ptr<Assembly> next, const Assembly& before);
  std::string await_closed(const Config& config);
  void forget_closed();
  Result<Done, Refused> note(Result<Done, Refused> outcome, bool dry_run);

  Load load_;
  Modules& modules_;
  Workers& workers_;
  Retirement& retirement_;
  Swaps& swaps_;
  std::optional<Before> before_;
  bool is_last_ = false;
  std::vector<Closing> closing_;
  mutable std::mutex mutex_;  // of what other threads read
  Last last_;
};

}  // namespace radhost
