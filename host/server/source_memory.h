// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/log.h"
#include "exchange/source_policy.h"
#include "server/assembly.h"

namespace radhost {

/// Keeps over a restart which sources send Message-Authenticator (SourcePolicy), in a file of the state directory: a
/// line for each, the client's name and the source's address. A file that cannot be read or written is a warning: the
/// server learns anew.
class SourceMemory {
 public:
  /// Restores what the file says of clients that there still are in `assembly`.
  SourceMemory(const Assembly& assembly, Foundation& foundation);

  /// Writes the file anew where something was learned since: another one beside it, which then takes its place.
  void save();

 private:
  void restore(const Assembly& assembly);

  Foundation& foundation_;
  std::string path_;
  size_t saved_ = 0;  // how many sources the file holds
  bool warned_ = false;
};

}  // namespace radhost
