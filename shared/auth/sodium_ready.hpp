// sodium_ready: libsodium is initialised before its first use, by whoever comes first; repeats cost nothing.
#pragma once

#include <sodium.h>

#include "shared/check.hpp"

namespace freshet {

inline void sodium_ready() {
  static const int outcome = sodium_init();
  FRESHET_CHECK(outcome >= 0);
}

}  // namespace freshet
