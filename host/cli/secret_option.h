// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "packet/shared_secret.h"

namespace radhost {

/// --secret, --secret-file and RADHOST_SECRET, in that order.
class SecretOption {
 public:
  explicit SecretOption(CLI::App& command);

  /// nullptr when none is given. Throws std::runtime_error when the file cannot be read.
  std::unique_ptr<SharedSecret> load() const;
  /// The same without RADHOST_SECRET.
  std::unique_ptr<SharedSecret> load_named() const;

 private:
  std::shared_ptr<std::string> text_ = std::make_shared<std::string>();
  std::shared_ptr<std::string> file_ = std::make_shared<std::string>();
};

}  // namespace radhost
