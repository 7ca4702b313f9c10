// SPDX-License-Identifier: Apache-2.0
#include "support/vectors.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "support/hex.h"

namespace radhost::test {
namespace {

void set_field(Vector& vector, std::string_view key, std::string_view value) {
  if (key == "kind") vector.kind = value;
  if (key == "secret") vector.secret = value;
  if (key == "answers") vector.answers = value;
  if (key == "result") vector.result = value;
  if (key == "discard") vector.discard = value;
  if (key == "authenticator") vector.authenticator = unhex(value);
}

void read_file(const std::filesystem::path& path, std::vector<Vector>& vectors) {
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("[") && line.ends_with("]")) {
      vectors.emplace_back().id = line.substr(1, line.size() - 2);
    } else if (line.starts_with("  ")) {
      std::vector<uint8_t> more = unhex(line);
      vectors.back().octets.insert(vectors.back().octets.end(), more.begin(), more.end());
    } else if (size_t colon = line.find(": "); colon != std::string::npos && !vectors.empty()) {
      set_field(vectors.back(), std::string_view(line).substr(0, colon), std::string_view(line).substr(colon + 2));
    }
  }
}

std::vector<Vector> read_all() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(RADHOST_VECTORS))
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Vector> vectors;
  for (const auto& path : paths) read_file(path, vectors);
  if (vectors.empty()) throw std::runtime_error("there are no vectors");
  return vectors;
}

}  // namespace

const std::vector<Vector>& all_vectors() {
  static const std::vector<Vector> vectors = read_all();
  return vectors;
}

const Vector& vector(std::string_view id) {
  for (const Vector& known : all_vectors())
    if (known.id == id) return known;
  throw std::out_of_range("there is no vector " + std::string(id));
}

}  // namespace radhost::test
