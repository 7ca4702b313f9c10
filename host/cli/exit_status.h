// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace radhost {

/// What the program's exit status means.
namespace exit_status {
inline constexpr int done = 0;        ///< or a positive answer
inline constexpr int negative = 1;    ///< a negative answer, refused, or errors found
inline constexpr int no_answer = 2;   ///< no valid answer
inline constexpr int challenge = 3;   ///< an Access-Challenge
inline constexpr int usage = 64;      ///< wrong usage, or something that is not built yet
inline constexpr int no_server = 69;  ///< no server at the control socket
}  // namespace exit_status

}  // namespace radhost
