# CMake toolchain: the browser build, with Debian's Emscripten, or the one of EMSDK when that is set.
if(DEFINED ENV{EMSDK})
  include($ENV{EMSDK}/upstream/emscripten/cmake/Modules/Platform/Emscripten.cmake)
elseif(EXISTS /usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake)
  include(/usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake)
else()
  message(FATAL_ERROR "Emscripten is missing.\nRun infra/setup; it installs everything that Freshet is built with.")
endif()
