// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace radhost {

class ChainVersion;

/// The [chain.NAME] of one configuration, through which subrequests run. A listener's ChainVersion holds those that
/// belong to it; so a request that began with it keeps to them. They themselves only name them.
class InnerChains {
 public:
  void add(const std::string& name, std::shared_ptr<const ChainVersion> chain) {
    chains_.emplace(name, std::move(chain));
  }

  /// nullptr when there is none.
  const ChainVersion* find(std::string_view name) const {
    auto found = chains_.find(name);
    return found == chains_.end() ? nullptr : found->second.get();
  }

 private:
  std::map<std::string, std::shared_ptr<const ChainVersion>, std::less<>> chains_;
};

}  // namespace radhost
