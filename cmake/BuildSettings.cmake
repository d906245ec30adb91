# What every target is built with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # It takes precompiled headers only when told that their macros are as good as they look.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

# All binaries in one place, so that the demo finds the services beside itself.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# Debug information is for release builds and crashes; tests compile faster with little of it.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

add_library(gateway_warnings INTERFACE)
target_compile_options(
  gateway_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                             -Wcast-align -Woverloaded-virtual)
# g++ 12 suspects every std::optional; the sanitizers find the real ones.
target_compile_options(gateway_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# From a precompiled header it also warns of its own library's insides.
if(GATEWAY_PRECOMPILE)
  target_compile_options(gateway_warnings
                         INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow>)
endif()
if(GATEWAY_WARNINGS_AS_ERRORS)
  target_compile_options(gateway_warnings INTERFACE -Werror)
endif()

if(GATEWAY_SANITIZE)
  add_compile_options(-fsanitize=${GATEWAY_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GATEWAY_SANITIZE})
  if(GATEWAY_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
    # clang 14 fails to assemble coroutines with it.
    add_compile_options($<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  endif()
endif()

# The standard library's headers are most of what a file is compiled from. Presets for tests precompile
# them; a release is built without, so that a header that is missing in a file shows there.
set(GATEWAY_PRECOMPILED <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <span> <string>
                        <variant> <vector>)
if(GATEWAY_PRECOMPILE)
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>) # ccache reads what comes out
  file(WRITE ${CMAKE_BINARY_DIR}/empty.cpp "")
  add_library(gateway_precompiled STATIC ${CMAKE_BINARY_DIR}/empty.cpp)
  target_link_libraries(gateway_precompiled PRIVATE gateway_warnings) # -Wpedantic changes a macro
  target_precompile_headers(gateway_precompiled PRIVATE ${GATEWAY_PRECOMPILED})
endif()

# gateway_library(name SOURCES ... LINK ...): a static library with our warnings, whose headers are
# included by their path from the top of the source tree.
function(gateway_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LINK_PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE gateway_warnings ${ARG_LINK_PRIVATE})
  if(GATEWAY_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM gateway_precompiled)
  endif()
endfunction()

# gateway_program(name SOURCES ... LINK ...): an installed executable.
function(gateway_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_compile_definitions(${name} PRIVATE GATEWAY_BUILD_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${name} PRIVATE gateway_warnings ${ARG_LINK})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
