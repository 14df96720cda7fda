# Third-party code under one name each, in every build: freshet::json, freshet::doctest, freshet::cnats, freshet::zlib.
# freshet::sqlite3 and freshet::sodium are built in wasm/sqlite and wasm/sodium. None of their headers can raise a warning of ours.

function(freshet_need path what)
  if(NOT EXISTS ${path})
    message(FATAL_ERROR "${what} is missing (${path}).\nRun infra/setup; it installs everything that Freshet is built with.")
  endif()
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

  find_path(URING_INCLUDE liburing.h)
  find_library(URING_LIBRARY uring)
  freshet_need(${URING_INCLUDE}/liburing.h "liburing-dev")
  add_library(freshet_uring INTERFACE)
  add_library(freshet::uring ALIAS freshet_uring)
  target_include_directories(freshet_uring SYSTEM INTERFACE ${URING_INCLUDE})
  target_link_libraries(freshet_uring INTERFACE ${URING_LIBRARY})

  find_path(CNATS_INCLUDE nats/nats.h)
  find_library(CNATS_LIBRARY nats)
  freshet_need(${CNATS_INCLUDE}/nats/nats.h "libnats-dev")
  find_package(Threads REQUIRED)
  add_library(freshet_cnats INTERFACE)
  add_library(freshet::cnats ALIAS freshet_cnats)
  target_include_directories(freshet_cnats SYSTEM INTERFACE ${CNATS_INCLUDE})
  target_link_libraries(freshet_cnats INTERFACE ${CNATS_LIBRARY} Threads::Threads)

  find_path(ZLIB_INCLUDE zlib.h)
  find_library(ZLIB_LIBRARY z)
  freshet_need(${ZLIB_INCLUDE}/zlib.h "zlib1g-dev")
  add_library(freshet_zlib INTERFACE)
  add_library(freshet::zlib ALIAS freshet_zlib)
  target_include_directories(freshet_zlib SYSTEM INTERFACE ${ZLIB_INCLUDE})
  target_link_libraries(freshet_zlib INTERFACE ${ZLIB_LIBRARY})
endif()
