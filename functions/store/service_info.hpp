// ServiceInfo: what a NATS micro service says of itself.
//
// Source    NATS ADR-32: `$SRV.PING|INFO|STATS`, with `.<name>` or `.<name>.<id>` behind it
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "shared/clock.hpp"

namespace freshet::store {

inline constexpr std::string_view kServiceName = "store";
inline constexpr std::string_view kQueryPrefix = "store.query.";

class ServiceInfo {
 public:
  ServiceInfo(std::string id, WallTime started) : id_(std::move(id)), started_(started) {}

  void count(std::string_view endpoint, std::chrono::nanoseconds took);
  void count_error(std::string_view endpoint, std::chrono::nanoseconds took, std::string_view what);

  // The answer to a request on `$SRV.…`; nothing when it is not meant for us.
  [[nodiscard]] std::optional<std::string> answer(std::string_view subject) const;

 private:
  struct Endpoint {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::string last_error;
    std::chrono::nanoseconds processing{};
  };
  Endpoint& endpoint(std::string_view name);
  [[nodiscard]] std::string describe(std::string_view verb) const;

  std::string id_;
  WallTime started_;
  std::map<std::string, Endpoint, std::less<>> endpoints_;
};

}  // namespace freshet::store
