// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

#include "cli/exit_status.h"
#include "cli/module_template.h"
#include "cli/own_files.h"
#include "cli/plugin_commands.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
  std::string name;
  std::string language = "c++";
};

int fail(const std::string& reason, int status = exit_status::negative) {
  std::cerr << "radhost plugin new: " << reason << "\n";
  return status;
}

/// A folder that is written under another name, and becomes `path` at once or not at all.
class UnfinishedFolder {
 public:
  explicit UnfinishedFolder(const fs::path& path) : path_(path) {
    std::string name = path.string() + ".XXXXXX";
    if (mkdtemp(name.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), "cannot make " + path.string());
    unfinished_ = name;
  }
  UnfinishedFolder(const UnfinishedFolder&) = delete;
  UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;
  ~UnfinishedFolder() {
    std::error_code ignored;
    if (!unfinished_.empty()) fs::remove_all(unfinished_, ignored);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream stream(unfinished_ / name, std::ios::binary);
    stream << text << std::flush;
    if (!stream) throw std::system_error(errno, std::generic_category(), "cannot write " + (path_ / name).string());
  }

  void finish() {
    // As mkdir(1) would have made it.
    mode_t mask = umask(0);
    umask(mask);
    chmod(unfinished_.c_str(), 0777 & ~mask);
    if (renameat2(AT_FDCWD, unfinished_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0)
      throw std::system_error(errno, std::generic_category(), "cannot make " + path_.string());
    unfinished_.clear();
  }

 private:
  fs::path path_;
  fs::path unfinished_;
};

void write_module(const fs::path& source, const NewOptions& options) {
  auto words = template_words(options.name);
  UnfinishedFolder folder(options.name);
  for (const fs::directory_entry& entry : fs::directory_iterator(source)) {
    std::ifstream stream(entry.path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
      throw std::system_error(errno, std::generic_category(), "cannot read " + entry.path().string());
    std::string name = entry.path().filename().string();
    folder.write(name == "gitignore" ? ".gitignore" : fill_in(name, words), fill_in(text, words));
  }
  folder.finish();
}

/// What to do next; an SDK in a place of its own has to be named to CMake.
void print_next_steps(const std::string& name) {
  std::string prefix = own_prefix();
  bool is_found = prefix == "/usr" || prefix == "/usr/local";
  std::cout << name << "/ is a module that builds and passes as it is:\n"
            << "  cd " << name << "\n"
            << "  cmake -B build" << (is_found ? "" : " -DCMAKE_PREFIX_PATH=" + prefix) << "\n"
            << "  cmake --build build\n"
            << "  ctest --test-dir build\n"
            << "Its README.md says how to go on.\n";
}

int make(const NewOptions& options) {
  if (std::string reason = refuse_module_name(options.name); !reason.empty()) return fail(reason, exit_status::usage);
  std::error_code error;
  if (fs::exists(fs::symlink_status(options.name, error))) return fail("there is a \"" + options.name + "\" already");
  std::string source = find_own("template/" + options.language);
  if (source.empty())
    return fail("the templates are not installed: they come with the SDK (radhost-dev, radhost-devel)");
  try {
    write_module(source, options);
  } catch (const std::system_error& failure) {
    return fail(failure.what());
  }
  print_next_steps(options.name);
  return exit_status::done;
}

}  // namespace

Run add_plugin_new(CLI::App& plugin) {
  CLI::App* command = plugin.add_subcommand("new", "a new module's folder: source, build, test and README");
  auto options = std::make_shared<NewOptions>();
  command->add_option("NAME", options->name, "the module's, and the folder's")->required();
  command->add_option("--lang", options->language, "c or c++")
      ->check(CLI::IsMember({"c", "c++"}))
      ->capture_default_str();
  return [options] { return make(*options); };
}

}  // namespace radhost
