// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/changes.h"
#include "server/assembly.h"

namespace radhost {

/// What is different between what is served and what would be: in the configuration, and in the files behind it.
std::vector<ConfigChange> changes_between(const Assembly& before, const Assembly& after);

/// What cannot change while the server runs is added to `errors`.
void refuse_restarts(const Config& before, const Config& after, std::vector<std::string>& errors);

}  // namespace radhost
