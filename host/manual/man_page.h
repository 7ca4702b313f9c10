// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "manual/command_text.h"
#include "manual/configuration_text.h"

namespace radhost {

/// A manual page from its source (docs/man): roff in which these lines are replaced:
///
///   @SYNOPSIS COMMAND@   how a command is called
///   @OPTIONS COMMAND@    its arguments and options
///   @KEYS [TABLE]@       the keys of a table of the configuration
///
/// and @VERSION@ anywhere. Nothing, with `why`, where a command or table is not known.
std::optional<std::string> man_page(const std::string& source, const CommandText& program, std::string& why);

}  // namespace radhost
