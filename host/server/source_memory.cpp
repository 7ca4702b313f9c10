// SPDX-License-Identifier: Apache-2.0
#include "server/source_memory.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>

namespace radhost {

SourceMemory::SourceMemory(const Assembly& assembly, Foundation& foundation)
    : foundation_(foundation), path_(foundation.state_directory + "/message-authenticator-sources") {
  restore(assembly);
  saved_ = foundation_.sources.protected_sources().size();
}

void SourceMemory::restore(const Assembly& assembly) {
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    size_t blank = line.find(' ');
    if (blank == std::string::npos) continue;
    auto source = IpAddress::parse(line.substr(blank + 1));
    auto client = std::find_if(assembly.clients().begin(), assembly.clients().end(),
                               [&](const auto& known) { return known->name == line.substr(0, blank); });
    if (source && client != assembly.clients().end()) foundation_.sources.restore(**client, *source);
  }
}

void SourceMemory::save() {
  const SourceTable& sources = foundation_.sources.protected_sources();
  size_t count = sources.size();
  if (count == saved_) return;

  std::string written = path_ + ".new";
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(written.c_str(), "we"), std::fclose);
  bool ok = file != nullptr;
  if (ok) {
    sources.each([&](size_t client, const IpAddress& source) {
      std::string line = foundation_.clients.at(client).name + " " + source.to_text() + "\n";
      ok = ok && std::fwrite(line.data(), 1, line.size(), file.get()) == line.size();
    });
    ok = ok && std::fflush(file.get()) == 0 && fsync(fileno(file.get())) == 0;
  }
  ok = ok && std::rename(written.c_str(), path_.c_str()) == 0;
  if (ok) saved_ = count;
  else if (!std::exchange(warned_, true))
    foundation_.log.warn("cannot keep which sources send Message-Authenticator", {{"file", path_}});
}

}  // namespace radhost
