# SPDX-License-Identifier: Apache-2.0
# radius_add_plugin(NAME SOURCE... [LIBRARIES LIBRARY...])
#
# Builds NAME.so, a module for radius_plugin_v1: everything hidden but its entry, bound at load time, and
# without the GNU_UNIQUE symbols that would keep the library from ever being unloaded.
function(radius_add_plugin name)
  set(map "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map")
  cmake_parse_arguments(plugin "" "" "LIBRARIES" ${ARGN})
  add_library(${name} MODULE ${plugin_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE radhost::sdk ${plugin_LIBRARIES})
  set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
                                           VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE -Wl,-z,now -Wl,--version-script=${map})
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${map})
endfunction()
