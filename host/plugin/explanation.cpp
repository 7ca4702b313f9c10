// SPDX-License-Identifier: Apache-2.0
#include "plugin/explanation.h"

#include <radius/abi.h>

#include <utility>

namespace radhost {
namespace {

thread_local std::string explanation;

std::string_view meaning(int32_t status) {
  switch (status) {
    case RADIUS_ERR_INVALID: return "an argument was not valid";
    case RADIUS_ERR_NOT_FOUND: return "something was not found";
    case RADIUS_ERR_UNSUPPORTED: return "this host does not serve what the module needs";
    case RADIUS_ERR_TYPE: return "a value had another data type";
    case RADIUS_ERR_RANGE: return "a value could not be encoded";
    case RADIUS_ERR_LIMIT: return "a bound was reached";
    case RADIUS_ERR_READ_ONLY: return "a list could not be written to";
    case RADIUS_ERR_HOST_OWNED: return "an attribute belongs to the host";
    case RADIUS_ERR_STATE: return "a function was called at the wrong time";
    case RADIUS_ERR_GONE: return "what was asked for has ended";
    case RADIUS_ERR_CONFIG: return "the configuration is wrong";
    case RADIUS_ERR_IO: return "a file, socket or back end failed";
    case RADIUS_ERR_MEMORY: return "memory ran out";
    case RADIUS_ERR_EXCEPTION: return "the module's code threw";
    case RADIUS_ERR_TIMEOUT: return "a deadline passed";
    case RADIUS_ERR_INTERNAL: return "a defect";
    default: return {};
  }
}

}  // namespace

void set_explanation(std::string_view text) { explanation = text; }

void clear_explanation() { explanation.clear(); }

std::string take_explanation() { return std::exchange(explanation, {}); }

std::string take_explanation(int32_t status) {
  if (!explanation.empty()) return take_explanation();
  std::string_view known = meaning(status);
  return known.empty() ? "status " + std::to_string(status) : std::string(known);
}

}  // namespace radhost
