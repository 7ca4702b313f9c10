// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace radhost {

/// What a running server answered at its control socket.
struct ControlAnswer {
  unsigned status = 0;  ///< HTTP's
  std::string body;
};

/// Why there is no answer.
struct ControlFailure {
  std::string reason;
  bool has_server = false;  ///< there is one, and it gave no valid answer
};

/// A request to the server's control socket.
struct ControlQuestion {
  std::string method;
  std::string path;
  std::string body = {};
  int patience_s = 30;  ///< how long the server may be silent
};

/// Asks the server at `socket_path` once. The system's errors become reasons.
Result<ControlAnswer, ControlFailure> ask_server(const std::string& socket_path, const ControlQuestion& question);

/// Asks to go on in another language than HTTP, and gives the connection once the server has agreed. What it answers
/// instead is a failure.
Result<Descriptor, ControlFailure> upgrade_server(const std::string& socket_path, const std::string& path);

/// Asks for what goes on: gives each line that comes to `take`, until the server ends it. Another answer than success is
/// given as one.
Result<ControlAnswer, ControlFailure> follow_server(const std::string& socket_path, const ControlQuestion& question,
                                                    const std::function<void(const std::string&)>& take);

}  // namespace radhost
