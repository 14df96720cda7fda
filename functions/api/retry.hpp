// Optimistic writing: read, decide, append expecting what was read, and once more from the start when somebody was faster.
#pragma once

#include "shared/result.hpp"

namespace freshet::api {

inline constexpr int kWriteAttempts = 5;  // DESIGN rule 2

[[nodiscard]] inline Error too_many_writers() {
  return Error{Errc::kUnavailable, "others kept changing the same thing; nothing of this call was stored"};
}

// Calls `attempt` until it gives anything but kConflict, at most kWriteAttempts times. It reads anew each time.
template <typename T, typename Attempt>
[[nodiscard]] Result<T> with_retries(Attempt&& attempt) {
  for (int i = 0; i < kWriteAttempts; ++i) {
    Result<T> result = attempt();
    if (result.ok() || result.error().code != Errc::kConflict) return result;
  }
  return too_many_writers();
}

}  // namespace freshet::api
