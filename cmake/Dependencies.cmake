# SPDX-License-Identifier: Apache-2.0
# Every library comes from the distribution.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(spdlog 1.10 CONFIG REQUIRED)
find_package(CLI11 2.1 CONFIG REQUIRED)
find_package(nlohmann_json 3.9 CONFIG REQUIRED)
pkg_check_modules(UV REQUIRED IMPORTED_TARGET libuv>=1.42)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd>=0.9.71)
# Its CMake package would ask for the HTTP libraries of the parts that are not used here.
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core>=1.0)

find_package(tomlplusplus 3.3 CONFIG QUIET)
if(NOT TARGET tomlplusplus::tomlplusplus)
  pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus>=3.3)
  add_library(tomlplusplus::tomlplusplus ALIAS PkgConfig::TOMLPLUSPLUS)
endif()

# crypt(3) is libxcrypt's everywhere this builds.
find_library(CRYPT_LIBRARY crypt REQUIRED)
