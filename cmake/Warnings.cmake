# SPDX-License-Identifier: Apache-2.0
# radhost_warnings: an interface library that carries the warnings this code is clean of.
add_library(radhost_warnings INTERFACE)
target_compile_options(radhost_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(RADHOST_WERROR)
  target_compile_options(radhost_warnings INTERFACE -Werror)
endif()
