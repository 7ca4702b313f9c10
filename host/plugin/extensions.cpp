// SPDX-License-Identifier: Apache-2.0
#include "plugin/extensions.h"

namespace radhost {
namespace {

struct Extension {
  std::string_view id;
  const void* (*table)();
};
constexpr Extension extensions[] = {
    {RADIUS_EXT_CLIENT, []() -> const void* { return &client_table(); }},
    {RADIUS_EXT_STORE, []() -> const void* { return &store_table(); }},
    {RADIUS_EXT_METRICS, []() -> const void* { return &metrics_table(); }},
    {RADIUS_EXT_FD, []() -> const void* { return &fd_table(); }},
    {RADIUS_EXT_SUBREQUEST, []() -> const void* { return &subrequest_table(); }},
};

}  // namespace

const void* find_extension(std::string_view id) {
  for (const Extension& extension : extensions)
    if (extension.id == id) return extension.table();
  return nullptr;
}

}  // namespace radhost
