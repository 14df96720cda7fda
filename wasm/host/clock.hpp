// HostClock: wall time by libc, steady time by wasi:clocks/monotonic-clock without libc's detour.
#pragma once

#include "shared/clock.hpp"

namespace freshet::host {

class HostClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] SteadyTime steady() const override;
};

}  // namespace freshet::host
