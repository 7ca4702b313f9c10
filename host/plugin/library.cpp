// SPDX-License-Identifier: Apache-2.0
#include "plugin/library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "base/background.h"
#include "base/file_trust.h"
#include "base/octets.h"
#include "base/source_file.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;

constexpr mode_t copy_mode = 0700;

bool has_content(const std::string& path, const std::string& content) {
  auto file = SourceFile::open(path);
  if (!file.ok()) return false;
  std::string_view left = content;
  bool is_same = true;
  std::error_code error = file->read([&](std::string_view piece) {
    is_same = left.substr(0, piece.size()) == piece;
    left.remove_prefix(std::min(left.size(), piece.size()));
    return is_same;
  });
  return !error && is_same && left.empty();
}

class Sha256 {
 public:
  /// Throws std::runtime_error where OpenSSL has none.
  Sha256() {
    // A library context of our own: modules may have done to the usual one what they like.
    static const std::unique_ptr<OSSL_LIB_CTX, decltype(&OSSL_LIB_CTX_free)> library(OSSL_LIB_CTX_new(),
                                                                                    OSSL_LIB_CTX_free);
    static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(EVP_MD_fetch(library.get(), "SHA256", nullptr),
                                                                       EVP_MD_free);
    check(sha256 != nullptr && context_ != nullptr && EVP_DigestInit_ex(context_.get(), sha256.get(), nullptr) == 1);
  }

  void add(std::string_view octets) { check(EVP_DigestUpdate(context_.get(), octets.data(), octets.size()) == 1); }

  /// In lower-case hexadecimal.
  std::string finish() {
    std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    return to_hex(Octets(digest).first(size));
  }

 private:
  static void check(bool done) {
    if (!done) throw std::runtime_error("OpenSSL has no SHA-256");
  }

  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

/// Writes a file so that it is there whole or not at all.
bool write_whole(const fs::path& path, const std::string& content) {
  fs::path unfinished = path;
  unfinished += "." + std::to_string(getpid());
  unlink(unfinished.c_str());
  int fd = open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, copy_mode);
  if (fd < 0) return false;
  size_t written = 0;
  while (written < content.size()) {
    ssize_t step = write(fd, content.data() + written, content.size() - written);
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) break;
    written += static_cast<size_t>(step);
  }
  bool done = close(fd) == 0 && written == content.size() && rename(unfinished.c_str(), path.c_str()) == 0;
  if (!done) unlink(unfinished.c_str());
  return done;
}

/// The private copy. The error says why there is none.
struct Staged {
  fs::path copy;
  std::string error;
};
/// A day: a server that is started again and again, one build after the other, can go back to one of them meanwhile.
constexpr std::chrono::hours copies_kept{24};
constexpr size_t sha256_size = 64;  // hexadecimal

Staged stage(const std::string& content, const std::string& sha256, const std::string& state_directory) {
  fs::path copy = Library::copy_of(sha256, state_directory);
  std::error_code error;
  fs::create_directories(copy.parent_path(), error);
  // A copy that is there has the octets that its name says, unless somebody changed it.
  if (has_content(copy.string(), content)) return {copy, {}};
  if (!write_whole(copy, content)) return {{}, "cannot copy it to " + copy.string() + ": " + std::strerror(errno)};
  return {copy, {}};
}

/// What of the descriptor makes it unusable; empty when nothing does.
std::string reason_to_refuse(const radius_plugin_v1_t& descriptor) {
  if (descriptor.create == nullptr || descriptor.destroy == nullptr)
    return "its descriptor has no create or no destroy";
  if (descriptor.least_host_minor > RADIUS_PLUGIN_ABI_MINOR)
    return "it needs a host with ABI 1." + std::to_string(descriptor.least_host_minor) + "; this one has 1." +
           std::to_string(RADIUS_PLUGIN_ABI_MINOR);
  if (descriptor.threading < RADIUS_THREADING_CONCURRENT || descriptor.threading > RADIUS_THREADING_SERIAL)
    return "it declares a threading model that this host does not know";
  return {};
}

}  // namespace

Result<ModuleFile, std::string> ModuleFile::read(const std::string& path) {
  auto refuse = [&](const std::string& why) { return path + ": " + why; };
  auto unread = [&](const std::error_code& error) { return refuse("it cannot be read: " + error.message()); };
  auto file = SourceFile::open(path);
  if (!file.ok() && file.error() == std::errc::invalid_argument) return refuse("it is no regular file");
  if (!file.ok()) return unread(file.error());
  if (std::string why = why_untrusted(file->descriptor(), path); !why.empty()) return refuse(why);
  std::string content;
  Sha256 sha256;
  std::error_code error = file->read([&](std::string_view piece) {
    content += piece;
    sha256.add(piece);
    return true;
  });
  if (error) return unread(error);

  auto note = read_module_note(octets_of(content));
  if (!note.ok()) return refuse(note.error());
  if (std::string why = refuse_note(*note); !why.empty()) return refuse(why);
  auto findings = judge_elf(octets_of(content));
  for (const ElfFinding& finding : findings)
    if (finding.weight == ElfFinding::Weight::Refused) return refuse(finding.text);
  return ModuleFile{path, std::move(content), sha256.finish(), *note, std::move(findings)};
}

Result<std::shared_ptr<Library>, std::string> Library::load(const ModuleFile& file,
                                                            const std::string& state_directory) {
  auto refuse = [&](const std::string& why) { return file.path + ": " + why; };
  Staged staged;
  do_in_background([&] { staged = stage(file.content, file.sha256, state_directory); }, Urgency::Low);
  if (!staged.error.empty()) return refuse(staged.error);
  std::shared_ptr<Library> library(new Library);
  library->path_ = file.path;
  library->copy_ = staged.copy.string();
  library->sha256_ = file.sha256;
  library->note_ = file.note;
  library->findings_ = file.findings;
  library->handle_ = dlopen(staged.copy.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library->handle_ == nullptr) return refuse(std::string("it cannot be loaded: ") + dlerror());

  using Entry = const radius_plugin_v1_t* (*)();
  auto entry = reinterpret_cast<Entry>(dlsym(library->handle_, "radius_plugin_v1"));
  if (entry == nullptr) return refuse("it exports no radius_plugin_v1");
  const radius_plugin_v1_t* descriptor = entry();
  constexpr size_t least_size = offsetof(radius_plugin_v1_t, start);
  if (descriptor == nullptr || descriptor->size < least_size) return refuse("its descriptor is missing or too short");
  std::memcpy(&library->descriptor_, descriptor, std::min<size_t>(descriptor->size, sizeof library->descriptor_));
  if (std::string why = reason_to_refuse(library->descriptor_); !why.empty()) return refuse(why);
  return library;
}

std::string Library::copy_of(const std::string& sha256, const std::string& state_directory) {
  return (fs::path(state_directory) / "modules" / (sha256 + ".so")).string();
}

Library::~Library() {
  if (handle_ != nullptr) dlclose(handle_);
}

Result<std::shared_ptr<Library>, std::string> Libraries::load(const std::string& path) {
  std::optional<Result<ModuleFile, std::string>> read;
  do_in_background([&] { read.emplace(ModuleFile::read(path)); }, Urgency::Low);
  const Result<ModuleFile, std::string>& file = *read;
  if (!file.ok()) return file.error();
  if (std::shared_ptr<Library> loaded = find(file->sha256)) return loaded;
  auto library = Library::load(*file, state_directory_);
  if (!library.ok()) return library;
  std::lock_guard lock(mutex_);
  std::erase_if(by_sha256_, [](const auto& known) { return known.second.expired(); });
  by_sha256_[file->sha256] = *library;
  return library;
}

std::shared_ptr<Library> Libraries::find(const std::string& sha256) {
  std::lock_guard lock(mutex_);
  auto found = by_sha256_.find(sha256);
  return found == by_sha256_.end() ? nullptr : found->second.lock();
}

Libraries::Libraries(std::string state_directory) : state_directory_(std::move(state_directory)) {
  std::error_code error;
  auto long_ago = fs::file_time_type::clock::now() - copies_kept;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(state_directory_) / "modules", error)) {
    bool is_copy = entry.path().extension() == ".so" && entry.path().stem().string().size() == sha256_size;
    if (is_copy && entry.last_write_time(error) < long_ago && !error) old_copies_.push_back(entry.path().string());
  }
}

void Libraries::tidy() {
  std::error_code error;
  for (const fs::path copy : std::exchange(old_copies_, {}))
    if (find(copy.stem().string()) == nullptr) fs::remove(copy, error);
}

bool Libraries::is_resident(const std::string& copy) {
  void* handle = dlopen(copy.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle != nullptr) dlclose(handle);
  return handle != nullptr;
}

}  // namespace radhost
