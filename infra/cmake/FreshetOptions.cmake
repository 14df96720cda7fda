# freshet::options: what every target of ours is compiled with. freshet::instrumented: the part of it third-party code gets too.
#
# FRESHET_TARGET      native, wasi or browser, from the toolchain
# FRESHET_EXCEPTIONS  ON natively by default; shared code has to do without (preset noexcept proves it)
# FRESHET_SANITIZE    list for -fsanitize=, for example address,undefined

if(CMAKE_CXX_COMPILER_TARGET MATCHES "^wasm32")
  set(FRESHET_TARGET wasi)
elseif(EMSCRIPTEN)
  set(FRESHET_TARGET browser)
else()
  set(FRESHET_TARGET native)
endif()
if(FRESHET_TARGET STREQUAL "native")
  option(FRESHET_EXCEPTIONS "compile with exceptions" ON)
else()
  set(FRESHET_EXCEPTIONS OFF)
endif()
set(FRESHET_SANITIZE "" CACHE STRING "sanitizers, comma separated")
set(FRESHET_DEPS_DIR "$ENV{FRESHET_DEPS_DIR}" CACHE PATH "folder that infra/setup fills")
if(NOT FRESHET_DEPS_DIR)
  set(FRESHET_DEPS_DIR ${PROJECT_SOURCE_DIR}/.deps CACHE PATH "folder that infra/setup fills" FORCE)
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_INSTALL_MESSAGE LAZY)

# One cache for all work trees: paths below the source folder are hashed relative to it.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(freshet_instrumented INTERFACE)
add_library(freshet::instrumented ALIAS freshet_instrumented)
if(FRESHET_SANITIZE)
  target_compile_options(freshet_instrumented INTERFACE -fsanitize=${FRESHET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(freshet_instrumented INTERFACE -fsanitize=${FRESHET_SANITIZE})
endif()

add_library(freshet_options INTERFACE)
add_library(freshet::options ALIAS freshet_options)
target_link_libraries(freshet_options INTERFACE freshet::instrumented)
target_compile_features(freshet_options INTERFACE cxx_std_20)
target_include_directories(freshet_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(freshet_options INTERFACE -Wall -Wextra -Werror)
if(NOT FRESHET_EXCEPTIONS)
  target_compile_options(freshet_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
endif()
