// Bus: requests to other parts of the site, and what readiness wants to know of them.
//
// Errors    kUnavailable: NATS away, nobody answers this subject, or not in time
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "shared/result.hpp"

namespace freshet::api {

class Bus {
 public:
  virtual ~Bus() = default;
  [[nodiscard]] virtual Result<std::string> request(std::string_view subject, std::string_view payload, std::chrono::milliseconds wait) = 0;
};

}  // namespace freshet::api
