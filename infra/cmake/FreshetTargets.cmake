# Helpers for the folders' CMakeLists. Each does nothing in a build it is not for, so a folder's file reads straight.

# freshet_test(NAME x SOURCES a_test.cpp ... LIBS freshet::core ...)
# A doctest program; ctest lists each of its cases as "x: <case>". Labels: unit. Case names must do without `;`, `[` and `]` (ctest's lists).
function(freshet_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LIBS")
  if(NOT FRESHET_TARGET STREQUAL "native")
    return()
  endif()
  include(/usr/lib/cmake/doctest/doctest.cmake)
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME} PRIVATE freshet::options freshet::doctest_main ${arg_LIBS})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  doctest_discover_tests(${arg_NAME} TEST_PREFIX "${arg_NAME}: " PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# freshet_fuzz(NAME json_fuzz SOURCES json_fuzz.cpp LIBS freshet::core ...)
# SOURCES define LLVMFuzzerTestOneInput. Seeds and found crashes lie beside it in corpus/<NAME>/. Preset fuzz: a libFuzzer program, and a ctest
# (label fuzz) that runs it for FRESHET_FUZZ_SECONDS (10). Elsewhere: a ctest (label unit) that replays the corpus, each input also cut at every byte.
function(freshet_fuzz)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LIBS")
  if(NOT FRESHET_TARGET STREQUAL "native")
    return()
  endif()
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${arg_NAME})
  if(NOT EXISTS ${corpus})
    message(FATAL_ERROR "${arg_NAME} needs at least one input in ${corpus}")
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME} PRIVATE freshet::options ${arg_LIBS})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if(FRESHET_FUZZ)
    target_link_options(${arg_NAME} PRIVATE -fsanitize=fuzzer)
    set(found ${PROJECT_BINARY_DIR}/corpus/${arg_NAME})
    file(MAKE_DIRECTORY ${found})
    set(FRESHET_FUZZ_SECONDS 10 CACHE STRING "how long each fuzz test runs")
    add_test(NAME ${arg_NAME} COMMAND ${arg_NAME} -max_total_time=${FRESHET_FUZZ_SECONDS} -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
      -artifact_prefix=${found}/ ${found} ${corpus})
    set_tests_properties(${arg_NAME} PROPERTIES LABELS fuzz)
  else()
    target_link_libraries(${arg_NAME} PRIVATE freshet::fuzz_replay)
    add_test(NAME "${arg_NAME}: its corpus, each input whole and cut at every byte" COMMAND ${arg_NAME} ${corpus})
    set_tests_properties("${arg_NAME}: its corpus, each input whole and cut at every byte" PROPERTIES LABELS unit TIMEOUT 300)
  endif()
endfunction()

# freshet_component(NAME api WORLD api SOURCES main.cpp ... LIBS freshet::host ...)
# A WebAssembly component, build/wasm/components/<NAME>.wasm: a reactor with our bindings of that world, made a component by jco.
function(freshet_component)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;WORLD" "SOURCES;LIBS")
  if(NOT FRESHET_TARGET STREQUAL "wasi")
    return()
  endif()
  set(node ${FRESHET_DEPS_DIR}/bin/node)
  set(jco ${FRESHET_DEPS_DIR}/node_modules/@bytecodealliance/jco/dist/jco.js)
  freshet_need(${node} "node >= 20")
  freshet_need(${jco} "jco")
  set(component ${PROJECT_BINARY_DIR}/components/${arg_NAME}.wasm)
  add_executable(${arg_NAME}_core ${arg_SOURCES})
  target_link_libraries(${arg_NAME}_core PRIVATE freshet::options freshet::bindings_${arg_WORLD} ${arg_LIBS})
  # A reactor also for the world that exports wasi:cli/run: with the command model lld wraps cabi_realloc in constructors and the component traps.
  # The stack lies first, so that running over its end traps instead of writing into data. argon2, regex and deep JSON need more than the usual 64 KiB.
  target_link_options(${arg_NAME}_core PRIVATE -mexec-model=reactor -Wl,--stack-first -Wl,-z,stack-size=1048576 -Wl,--strip-debug)
  set_target_properties(${arg_NAME}_core PROPERTIES OUTPUT_NAME ${arg_NAME}.core RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/core)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/components)
  add_custom_command(OUTPUT ${component}
    COMMAND ${node} ${jco} new --wasi-reactor $<TARGET_FILE:${arg_NAME}_core> -o ${component}.new > ${component}.log 2>&1
      || ${CMAKE_COMMAND} -E cat ${component}.log && ${CMAKE_COMMAND} -E rename ${component}.new ${component}
    DEPENDS ${arg_NAME}_core ${jco} COMMENT "component ${arg_NAME}.wasm" VERBATIM)
  add_custom_target(${arg_NAME}_component ALL DEPENDS ${component})
endfunction()
