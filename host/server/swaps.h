// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/refused.h"
#include "server/retirement.h"

namespace radhost {

/// Replaces modules of a running server, one listener's handler at a time: stages, judges, loads, creates and starts
/// what is new before anything of what serves is touched, then publishes it. The main thread.
class Swaps {
 public:
  Swaps(Modules& modules, Workers& workers, Retirement& retirement)
      : modules_(modules), workers_(workers), retirement_(retirement) {}
  Swaps(const Swaps&) = delete;
  Swaps& operator=(const Swaps&) = delete;

  /// An instance, for people to read.
  struct Who {
    std::string module;  ///< the file
    std::string id;
    std::string version;
    std::string sha256;
    uint64_t generation = 0;
  };
  struct Done {
    std::string listener;
    std::string plugin;
    Who now;
    Who before;
    std::string late;  ///< which workers have yet to go over to it; empty when all have
  };

  /// `target`: LISTENER.PLUGIN. The listener's own instance of the plugin is made of `file` from now on; all others
  /// stay.
  Result<Done, Refused> swap(const std::string& target, const std::string& file);

  /// Back to the file that was there before the last swap of `target`, or of all where that is empty; and so the next
  /// one is back again.
  Result<Done, Refused> rollback(const std::string& target);

  /// Forgets the ways back: another configuration is served.
  void forget();

 private:
  using Place = Assembly::Place;
  /// A module's file: where it was, and the copy of it that was loaded.
  struct File {
    std::string path;
    std::string copy;
  };
  Result<Place, Refused> find(const std::string& target) const;
  Result<Done, Refused> replace(const Place& place, const File& file);

  Modules& modules_;
  Workers& workers_;
  Retirement& retirement_;
  std::map<Place, File> previous_;
  std::optional<Place> last_;
};

}  // namespace radhost
