// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace radhost {

/// Why the code in an open file must not be run: it is no regular file, or others than root and the user of this process
/// may have written it, or put it there. Empty when nothing speaks against it. `path`: of the file.
std::string why_untrusted(int file, const std::string& path);

/// Why what a file says must not be believed: everybody may have written it. Empty when nothing speaks against it.
std::string why_unbelievable(const std::string& path);

/// Why a secret in a file is none: everybody may read it, or it belongs to somebody else than root and the user of this
/// process. Empty when nothing speaks against it.
std::string why_no_secret(const std::string& path);

}  // namespace radhost
