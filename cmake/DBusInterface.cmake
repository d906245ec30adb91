# Adaptors and proxies from introspection XML; the generated headers are never edited.
find_program(SDBUSCPP_XML2CPP sdbus-c++-xml2cpp REQUIRED)

# dbus_interface(target file.xml): an interface library with <file>-adaptor.hpp and <file>-proxy.hpp
function(dbus_interface target xml)
  get_filename_component(stem ${xml} NAME_WLE)
  cmake_path(ABSOLUTE_PATH xml)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${folder})
  set(adaptor ${folder}/${stem}-adaptor.hpp)
  set(proxy ${folder}/${stem}-proxy.hpp)
  add_custom_command(
    OUTPUT ${adaptor} ${proxy}
    COMMAND ${SDBUSCPP_XML2CPP} ${xml} --adaptor=${adaptor} --proxy=${proxy}
    DEPENDS ${xml}
    COMMENT "Generating D-Bus adaptor and proxy of ${stem}"
    VERBATIM)
  add_custom_target(${target}_generate DEPENDS ${adaptor} ${proxy})
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_generate)
  target_include_directories(${target} SYSTEM INTERFACE ${folder})
  target_link_libraries(${target} INTERFACE SDBusCpp::sdbus-c++)
endfunction()
