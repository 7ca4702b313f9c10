// SPDX-License-Identifier: Apache-2.0
#include "cli/temporary_folder.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace radhost {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "radhost-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  path = name;
}

void TemporaryFolder::remove() const {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

void exit_at_once(int status) {
  std::cout.flush();
  std::cerr.flush();
  std::_Exit(status);
}

}  // namespace radhost
