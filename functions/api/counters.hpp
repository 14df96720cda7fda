// Counters: numbers that many instances count together (JetStream counter streams, ADR-49).
//
// Errors    kUnavailable: they cannot be reached; some may then have been counted
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "shared/result.hpp"

namespace freshet::api {

class Counters {
 public:
  virtual ~Counters() = default;
  // Adds `by` to each subject in one round trip; the values afterwards, in their order.
  [[nodiscard]] virtual Result<std::vector<std::int64_t>> add(std::span<const std::string> subjects, std::int64_t by) = 0;
};

}  // namespace freshet::api
