// Clock: the time, as the code that needs it is given it. Tests hold a ManualClock (tests/support).
//
// Units     std::chrono throughout; RFC 3339 with milliseconds and `Z` on the wire (CONTRACT 1).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace freshet {

using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;      // may jump
  [[nodiscard]] virtual SteadyTime steady() const = 0;  // never goes back
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  [[nodiscard]] SteadyTime steady() const override {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now());
  }
};

// `2026-11-21T04:05:06.789Z`, always 24 characters.
[[nodiscard]] std::string format_time(WallTime time);
// Reads RFC 3339 with `Z` or an offset, with or without a fraction (further digits than milliseconds are cut off). Years 1970 to 9999.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

}  // namespace freshet
