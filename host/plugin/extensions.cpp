// SPDX-License-Identifier: Apache-2.0
#include "plugin/extensions.h"

namespace radhost {
namespace {

struct Extension {
  std::string_view id;
  const void* (*table)();
};
constexpr Extension extensions[] = {
    {RADIUS_EXT_STORE, [] { return static_cast<const void*>(&store_table()); }},
    {RADIUS_EXT_METRICS, [] { return static_cast<const void*>(&metrics_table()); }},
    {RADIUS_EXT_FD, [] { return static_cast<const void*>(&fd_table()); }},
    {RADIUS_EXT_SUBREQUEST, [] { return static_cast<const void*>(&subrequest_table()); }},
};

}  // namespace

const void* find_extension(std::string_view id) {
  for (const Extension& extension : extensions)
    if (extension.id == id) return extension.table();
  return nullptr;
}

}  // namespace radhost
