// SPDX-License-Identifier: Apache-2.0
#include "config/secret_places.h"

#include <cstdlib>
#include <fstream>

namespace radhost {
namespace {

constexpr std::string_view credentials = "${CREDENTIALS_DIRECTORY}/";

}  // namespace

void resolve(std::string& path, const std::filesystem::path& folder) {
  if (path.empty()) return;
  std::filesystem::path start = folder;
  if (path.starts_with(credentials)) {
    const char* place = std::getenv("CREDENTIALS_DIRECTORY");
    if (place == nullptr) return;
    start = place;
    path.erase(0, credentials.size());
  }
  path = (start / path).lexically_normal().string();
}

void load_secret(const ConfigValue& table, const SecretPlaces& to, const std::filesystem::path& folder,
                 std::vector<ConfigError>& errors) {
  auto fail = [&errors](const Position& position, std::string message) {
    errors.push_back({position, std::move(message)});
  };
  int sources = 0;
  for (const char* key : {"secret", "secret_file", "secret_env"}) sources += table.find(key) != nullptr;
  if (sources != 1) {
    return fail(sources == 0 ? table.position : where(table, "secret"),
                sources == 0 ? "this " + std::string(to.what) + " has no secret: give secret, secret_file or secret_env"
                             : "give only one of secret, secret_file and secret_env");
  }
  for (const char* key : {"secret_file", "secret_env"}) {
    const ConfigValue* place = table.find(key);
    const std::string* text = place == nullptr ? nullptr : std::get_if<std::string>(&place->value);
    if (text != nullptr && text->empty()) return fail(place->position, std::string(key) + " must not be empty");
  }
  if (!to.file.empty()) {
    resolve(to.file, folder);
    std::ifstream stream(to.file, std::ios::binary);
    std::string line;
    if (!stream) {
      std::string why = to.file.starts_with(credentials) ? ": this process was given no credentials" : "";
      return fail(where(table, "secret_file"), "cannot read " + listed(to.file) + why);
    }
    std::getline(stream, line);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) return fail(where(table, "secret_file"), "the secret in " + listed(to.file) + " is empty");
    to.secret = SecretText(std::move(line));
  } else if (!to.environment.empty()) {
    const char* text = std::getenv(to.environment.c_str());
    if (text == nullptr || *text == 0)
      return fail(where(table, "secret_env"), "the environment has no " + listed(to.environment));
    to.secret = SecretText(text);
  }
}

}  // namespace radhost
