// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/plugin.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "plugin/elf_judgement.h"
#include "plugin/elf_note.h"

namespace radhost {

/// A module's file as it was read, judged without running any of its code.
struct ModuleFile {
  std::string path;
  std::string content;
  std::string sha256;  ///< of the content, hexadecimal
  ModuleNote note;
  std::vector<ElfFinding> findings;  ///< what is odd about it, and not so bad that it is refused

  /// The error says why the file cannot be a module here.
  static Result<ModuleFile, std::string> read(const std::string& path);
};

/// One module's shared library: loaded once from a private copy, so that what happens to the file afterwards does
/// not matter; known by the SHA-256 of its octets. Unloaded when its last owner lets go. Runs on the thread that
/// creates instances.
class Library {
 public:
  /// Copies the file to `state_directory`/modules/SHA256.so and loads the copy. The error says which step failed and
  /// why; nothing is left then.
  static Result<std::shared_ptr<Library>, std::string> load(const ModuleFile& file, const std::string& state_directory);

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library();

  /// Where the copy of a module is, whose digest this is.
  static std::string copy_of(const std::string& sha256, const std::string& state_directory);

  const std::string& path() const { return path_; }      ///< where it was copied from
  const std::string& copy() const { return copy_; }      ///< what was loaded
  const std::string& sha256() const { return sha256_; }  ///< hexadecimal
  const ModuleNote& note() const { return note_; }
  /// What is odd about the file, and not so bad that it is refused.
  const std::vector<ElfFinding>& findings() const { return findings_; }

  /// The module's descriptor, as large as this host knows it; members that the module does not have are null.
  const radius_plugin_v1_t& descriptor() const { return descriptor_; }

 private:
  Library() = default;

  std::string path_;
  std::string copy_;
  std::string sha256_;
  ModuleNote note_;
  std::vector<ElfFinding> findings_;
  void* handle_ = nullptr;
  radius_plugin_v1_t descriptor_{};
};

/// The libraries that are loaded, by their digests: a file whose octets are loaded already is not loaded again.
class Libraries {
 public:
  explicit Libraries(std::string state_directory);

  /// As ModuleFile::read and Library::load. On the thread that creates instances.
  Result<std::shared_ptr<Library>, std::string> load(const std::string& path);

  /// Removes copies that were there when this was made, since long ago, and are not loaded: an earlier process left them.
  void tidy();

  /// Is the copy still in the process, though nobody has the library any more? Then its code can never leave.
  static bool is_resident(const std::string& copy);

 private:
  std::shared_ptr<Library> find(const std::string& sha256);

  const std::string state_directory_;
  std::vector<std::string> old_copies_;
  std::mutex mutex_;  // a thread that was given up may come back
  std::map<std::string, std::weak_ptr<Library>> by_sha256_;
};

}  // namespace radhost
