// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <set>

#include "config/toml_reader.h"
#include "dictionary/parser.h"
#include "packet/packet.h"
#include "plugin/chain_version.h"
#include "plugin/ready_queue.h"

namespace radhost {

/// What a module needs around it: a dictionary, a log, a folder, and requests.
struct Harness {
  Harness() : log(LogLevel::Error, LogFormat::Text, "stderr") {
    std::string name = (std::filesystem::temp_directory_path() / "radhost-test-XXXXXX").string();
    folder = mkdtemp(name.data());
    dictionary_errors = parse_dictionary(TEST_DICTIONARY, dictionary);
    dictionary.finish();
  }
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;
  ~Harness() { std::filesystem::remove_all(folder); }

  static std::string file(const std::string& module) { return TEST_PLUGINS "/" + module + ".so"; }

  Result<std::shared_ptr<Library>, std::string> load(const std::string& module) {
    return Libraries(folder).load(file(module));
  }

  /// An instance whose table is this TOML; null, with `errors`, when it cannot be made.
  std::shared_ptr<Instance> create(const std::string& module, const std::string& toml = "") {
    errors.clear();
    auto library = load(module);
    if (!library.ok()) {
      errors.push_back({{}, library.error()});
      return nullptr;
    }
    PluginConfig config;
    config.name = module;
    config.base_directory = folder;
    config.start_timeout_ms = start_timeout_ms;
    config.config = *read_toml(toml, "test.toml", errors);
    return create(config, *library);
  }

  std::shared_ptr<Instance> create(const PluginConfig& config, std::shared_ptr<Library> library) {
    auto instance = Instance::create(config, std::move(library), services(), errors);
    if (instance != nullptr) instance->expect_workers(1);
    return instance;
  }

  /// The files that an instance is made from.
  static std::set<std::string> files_of(const Instance& instance) {
    std::set<std::string> files;
    for (const auto& [path, state] : instance.depends_on()) files.insert(path);
    return files;
  }

  /// Instances hold it, and do not outlive it.
  std::shared_ptr<Dictionary> share_dictionary() { return {std::shared_ptr<void>(), &dictionary}; }
  InstanceServices services() { return {share_dictionary(), log, tokens, extensions}; }

  /// A request with these attributes, as octets.
  std::unique_ptr<radius_request> request(RequestKind kind, Octets attributes = {}) {
    static constexpr uint8_t codes[] = {1, 4, 43, 40};
    auto made = std::make_unique<radius_request>(dictionary);
    made->info.size = sizeof made->info;
    made->info.code = codes[static_cast<size_t>(kind)];
    made->info.version = 10;
    made->info.client = {"tester", 6};
    made->info.listener = {"inside", 6};
    made->kind = kind;
    made->slot = tokens.add(*made);
    made->ready = &ready;
    made->received.begin(attributes, dictionary.root(), nullptr);
    return made;
  }

  std::string first_text(const AttributeList& list, std::string_view name, size_t index = 0) const {
    AttributeView view;
    size_t at = 0;
    for (size_t i = 0; list.find(*dictionary.find(name), view, at); ++i) {
      if (i == index) return std::string(text_of(view.value));
      at = static_cast<size_t>(view.cursor) + 1;
    }
    return {};
  }

  Dictionary dictionary;
  Log log;
  TokenTable tokens;
  ExtensionServices extensions{Config{}};
  ReadyQueue ready{[] {}};
  std::string folder;
  uint32_t start_timeout_ms = 10000;
  std::vector<DictionaryError> dictionary_errors;
  std::vector<ConfigError> errors;
};

}  // namespace radhost
