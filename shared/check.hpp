// FRESHET_CHECK: stops the program where only a bug can be the cause.
//
// What the outside can cause (input, network, disk) is a Result and never a check: a peer must not be able to stop a server.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace freshet::detail {
[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "{\"level\":\"fatal\",\"message\":\"check failed: %s\",\"source\":\"%s:%d\"}\n", condition, file, line);
  std::abort();
}
}  // namespace freshet::detail

#define FRESHET_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::freshet::detail::check_failed(#condition, __FILE__, __LINE__))
