// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace radhost {

/// Why there can be no module of this name; empty when there can: it names a file, a target of CMake, and parts of
/// names in C and C++.
std::string refuse_module_name(const std::string& name);

/// What templates have filled in, by the words that stand for it (sdk/template/README.md).
std::map<std::string, std::string> template_words(const std::string& name);

/// Text, or a file's name, with the words filled in.
std::string fill_in(std::string text, const std::map<std::string, std::string>& words);

}  // namespace radhost
