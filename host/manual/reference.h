// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace radhost {

/// A page of Markdown with its tables of keys made anew: what stands between `<!-- keys [TABLE] -->` and `<!-- end -->`.
/// Nothing, with `why`, where a table is not known, is there twice or not at all.
std::optional<std::string> with_key_tables(const std::string& page, std::string& why);

}  // namespace radhost
