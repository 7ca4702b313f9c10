// SPDX-License-Identifier: Apache-2.0
#include "cli/secret_option.h"

#include <cstdlib>
#include <fstream>

namespace radhost {

SecretOption::SecretOption(CLI::App& command) {
  auto* text = command.add_option("--secret", *text_, "the shared secret");
  command.add_option("--secret-file", *file_, "a file that holds it")->type_name("FILE")->excludes(text);
}

std::unique_ptr<SharedSecret> SecretOption::load() const {
  if (auto named = load_named()) return named;
  const char* environment = std::getenv("RADHOST_SECRET");
  if (!file_->empty() || environment == nullptr || *environment == '\0') return nullptr;
  return std::make_unique<SharedSecret>(octets_of(environment));
}

std::unique_ptr<SharedSecret> SecretOption::load_named() const {
  std::string secret = *text_;
  if (!file_->empty()) {
    std::ifstream stream(*file_);
    if (!std::getline(stream, secret)) throw std::runtime_error("cannot read a secret from " + *file_);
  }
  if (secret.empty()) return nullptr;
  return std::make_unique<SharedSecret>(octets_of(secret));
}

}  // namespace radhost
