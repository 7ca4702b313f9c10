// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/controls.h"
#include "control/http_server.h"

namespace radhost {

/// The control socket's paths under /v1: what each one asks of `controls`. Errors are {"error": …, "details": […]}.
HttpAnswer answer_control(const HttpRequest& request, Controls& controls);

/// /metrics, for Prometheus; nothing else.
HttpAnswer answer_metrics(const HttpRequest& request, Controls& controls);

}  // namespace radhost
