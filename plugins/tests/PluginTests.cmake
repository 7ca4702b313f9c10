# SPDX-License-Identifier: Apache-2.0
# radhost_plugin_tests(NAME SOURCE... LIBRARIES LIBRARY...): the unit tests of one module's pure parts.
find_package(Catch2 CONFIG REQUIRED)
list(APPEND CMAKE_MODULE_PATH ${Catch2_DIR})
include(Catch)
set(RADHOST_PLUGIN_TESTS_FOLDER "${CMAKE_CURRENT_LIST_DIR}")

function(radhost_plugin_tests name)
  cmake_parse_arguments(tests "" "" "LIBRARIES" ${ARGN})
  add_executable(${name} ${tests_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${RADHOST_PLUGIN_TESTS_FOLDER})
  target_link_libraries(${name} PRIVATE ${tests_LIBRARIES} radhost_warnings Catch2::Catch2WithMain)
  if(Catch2_VERSION VERSION_LESS 3)
    target_compile_definitions(${name} PRIVATE RADHOST_CATCH2_V2)
  endif()
  catch_discover_tests(${name} TEST_PREFIX "${name}: ")
endfunction()
