// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace radhost {

/// A file or folder that belongs to the program: in the share folder of its installation, or where a build links it.
/// Found beside the program, so that an installation may be moved; else below /usr. Empty when it is not there.
std::string find_own(const std::string& name);

/// The folder that the program is installed in: of `PREFIX/bin/radhost`, PREFIX.
std::string own_prefix();

}  // namespace radhost
