// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/request.h"

namespace radhost {

/// What handlers are told of a request besides its attributes (radius/request.h). Its packet, client and listener are
/// known; its texts point into them. `id`: for logs.
radius_request_info_t request_info(const Request& request, uint64_t id, int64_t received_us);

}  // namespace radhost
