// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace radhost {

/// What the module said of the error that its function is about to return, on this thread: the last text.
void set_explanation(std::string_view text);

/// Takes the text, or says what the status means when the module said nothing.
std::string take_explanation(int32_t status);

/// Takes the text; empty when the module said nothing.
std::string take_explanation();

/// Forgets what an earlier call left.
void clear_explanation();

}  // namespace radhost
