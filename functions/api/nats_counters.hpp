// NatsCounters: Counters over a NATS connection.
#pragma once

#include "functions/api/counters.hpp"
#include "shared/nats/jetstream.hpp"

namespace freshet::api {

class NatsCounters final : public Counters {
 public:
  NatsCounters(nats::Client& client, Random& random) : jetstream_(client, random) {}
  [[nodiscard]] Result<std::vector<std::int64_t>> add(std::span<const std::string> subjects, std::int64_t by) override;

 private:
  nats::JetStream jetstream_;
};

}  // namespace freshet::api
