# Third-party code under one name each, in every build: freshet::json, freshet::doctest, freshet::cnats, freshet::zlib.
# freshet::sqlite3 and freshet::sodium are built in wasm/sqlite and wasm/sodium. None of their headers can raise a warning of ours.

function(freshet_need path what)
  if(NOT EXISTS ${path})
    message(FATAL_ERROR "${what} is missing (${path}).\nRun infra/setup; it installs everything that Freshet is built with.")
  endif()
endfunction()

# freshet::NAME: a library of the system, for native builds.
function(freshet_system_library name)
  cmake_parse_arguments(arg "" "HEADER;LIBRARY;PACKAGE" "" ${ARGN})
  find_path(${name}_include ${arg_HEADER})
  find_library(${name}_library ${arg_LIBRARY})
  freshet_need(${${name}_include}/${arg_HEADER} "${arg_PACKAGE}")
  add_library(freshet_${name} INTERFACE)
  add_library(freshet::${name} ALIAS freshet_${name})
  target_include_directories(freshet_${name} SYSTEM INTERFACE ${${name}_include})
  target_link_libraries(freshet_${name} INTERFACE ${${name}_library})
endfunction()

# A cross build must not see the rest of /usr/include, so it gets a folder with this one library.
find_path(NLOHMANN_INCLUDE nlohmann/json.hpp HINTS /usr/include NO_CMAKE_FIND_ROOT_PATH)
freshet_need(${NLOHMANN_INCLUDE}/nlohmann/json.hpp "nlohmann-json3-dev")
if(NOT FRESHET_TARGET STREQUAL "native")
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include)
  file(CREATE_LINK ${NLOHMANN_INCLUDE}/nlohmann ${PROJECT_BINARY_DIR}/include/nlohmann SYMBOLIC)
endif()
add_library(freshet_json INTERFACE)
add_library(freshet::json ALIAS freshet_json)
target_include_directories(freshet_json SYSTEM INTERFACE
  $<IF:$<STREQUAL:${FRESHET_TARGET},native>,${NLOHMANN_INCLUDE},${PROJECT_BINARY_DIR}/include>)
# Comparing with nothing implicit, and no conversion that could throw without being seen.
target_compile_definitions(freshet_json INTERFACE JSON_USE_IMPLICIT_CONVERSIONS=0)

if(FRESHET_TARGET STREQUAL "native")
  find_path(DOCTEST_INCLUDE doctest/doctest.h)
  freshet_need(${DOCTEST_INCLUDE}/doctest/doctest.h "doctest-dev")
  add_library(freshet_doctest INTERFACE)
  add_library(freshet::doctest ALIAS freshet_doctest)
  target_include_directories(freshet_doctest SYSTEM INTERFACE ${DOCTEST_INCLUDE})
  if(NOT FRESHET_EXCEPTIONS)
    target_compile_definitions(freshet_doctest INTERFACE DOCTEST_CONFIG_NO_EXCEPTIONS_BUT_WITH_ALL_ASSERTS)
  endif()

  freshet_system_library(uring HEADER liburing.h LIBRARY uring PACKAGE liburing-dev)
  freshet_system_library(cnats HEADER nats/nats.h LIBRARY nats PACKAGE libnats-dev)
  find_package(Threads REQUIRED)
  target_link_libraries(freshet_cnats INTERFACE Threads::Threads)
  freshet_system_library(zlib HEADER zlib.h LIBRARY z PACKAGE zlib1g-dev)
endif()
