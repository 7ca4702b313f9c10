// SPDX-License-Identifier: Apache-2.0
#include "cli/plain_malloc.h"

#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace radhost {
namespace {

constexpr const char* variable = "GLIBC_TUNABLES";
constexpr const char* tunable = "glibc.malloc.tcache_count=0";

std::vector<std::string> own_arguments() {
  std::vector<std::string> arguments;
  std::ifstream stream("/proc/self/cmdline", std::ios::binary);
  for (std::string argument; std::getline(stream, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

}  // namespace

void use_plain_malloc() {
  const char* given = std::getenv(variable);
  std::string tunables = given == nullptr ? "" : given;
  if (tunables.find(tunable) != std::string::npos) return;
  setenv(variable, (tunables.empty() ? tunable : tunables + ":" + tunable).c_str(), 1);
  std::vector<std::string> arguments = own_arguments();
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv("/proc/self/exe", pointers.data());  // where that cannot be, what is told of memory is less exact
}

size_t allocated_octets() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;
#else
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

}  // namespace radhost
