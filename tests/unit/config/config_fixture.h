// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catch.h"
#include "config/loader.h"
#include "support/temporary_folder.h"

namespace radhost::test {

/// A folder in which a configuration finds what it names.
struct ConfigFixture {
  TemporaryFolder folder;

  ConfigFixture() {
    folder.write("dictionary", "");
    folder.write("plugins/files.so", "");
    folder.write("plugins/password.so", "");
    folder.write("plugins/acctlog.so", "");
    folder.write("secret", "from-a-file\n");
  }

  /// What a configuration may begin with: the next table stands at line 6.
  static constexpr std::string_view server_table =
      "[server]\ndictionary = [\"dictionary\"]\nplugin_path = [\"plugins\"]\n\n\n";
  /// What may follow.
  static constexpr std::string_view client_table =
      "[[client]]\nname = \"c\"\naddress = \"192.0.2.0/24\"\nsecret = \"xyzzy5461\"\n";

  Config load(const std::string& text, std::vector<ConfigError>& errors) {
    folder.write("c.toml", text);
    return load_config(folder.path("c.toml"), errors);
  }

  /// Loads what must be without a mistake.
  Config good(const std::string& text) {
    std::vector<ConfigError> errors;
    Config config = load(text, errors);
    for (const ConfigError& error : errors) FAIL_CHECK(error.to_text());
    return config;
  }
};

}  // namespace radhost::test
