// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/plugin.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "plugin/elf_judgement.h"
#include "plugin/elf_note.h"

namespace radhost {

/// One module's shared library: loaded once from a private copy, so that what happens to the file afterwards does
/// not matter; known by the SHA-256 of its octets. Unloaded when its last owner lets go. Runs on the thread that
/// creates instances.
class Library {
 public:
  /// Judges the file by its note and how it was built, copies it to `state_directory`/modules/SHA256.so and loads the
  /// copy. The error says which step failed and why; nothing is left then.
  static Result<std::shared_ptr<Library>, std::string> load(const std::string& path,
                                                            const std::string& state_directory);

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library();

  const std::string& path() const { return path_; }      ///< where it was copied from
  const std::string& sha256() const { return sha256_; }  ///< hexadecimal
  const ModuleNote& note() const { return note_; }
  /// What is odd about the file, and not so bad that it is refused.
  const std::vector<ElfFinding>& findings() const { return findings_; }

  /// The module's descriptor, as large as this host knows it; members that the module does not have are null.
  const radius_plugin_v1_t& descriptor() const { return descriptor_; }

 private:
  Library() = default;

  std::string path_;
  std::string sha256_;
  ModuleNote note_;
  std::vector<ElfFinding> findings_;
  void* handle_ = nullptr;
  radius_plugin_v1_t descriptor_{};
};

}  // namespace radhost
