# SPDX-License-Identifier: Apache-2.0
# Run by `cmake --install`: writes the unit, which names the place where things are, and that is known only then.
# `template` is its template, `bindir` and `sysconfdir` are as GNUInstallDirs has them.
cmake_path(ABSOLUTE_PATH bindir BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE BINDIR)
# What is below /usr is configured in /etc.
string(REGEX REPLACE "^/usr/?$" "/" root "${CMAKE_INSTALL_PREFIX}")
cmake_path(ABSOLUTE_PATH sysconfdir BASE_DIRECTORY ${root} OUTPUT_VARIABLE SYSCONFDIR)
set(PREFIX ${CMAKE_INSTALL_PREFIX})
set(unit ${PREFIX}/lib/systemd/system/radhost.service)

configure_file(${template} $ENV{DESTDIR}${unit} @ONLY FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
list(APPEND CMAKE_INSTALL_MANIFEST_FILES ${unit})
message(STATUS "Installing: $ENV{DESTDIR}${unit}")
