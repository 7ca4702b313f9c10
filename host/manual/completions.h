// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "manual/command_text.h"

namespace radhost {

// Scripts that complete subcommands, options, the words that an option takes, and files; one for each shell.

std::string bash_completions(const CommandText& program);
std::string zsh_completions(const CommandText& program);
std::string fish_completions(const CommandText& program);

/// In single quotes, as a POSIX shell reads them.
std::string shell_quoted(std::string_view text);

}  // namespace radhost
