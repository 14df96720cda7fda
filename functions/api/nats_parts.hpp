// The log, the store, the bus and the freshness of what is remembered, over one NATS connection (shared/nats).
//
// Lifetime  they borrow the client and share it; one thread, one request at a time
// Source    DESIGN "Log", "Write, read, stream", rule 8
#pragma once

#include <cstdint>
#include <string>

#include "functions/api/app.hpp"
#include "functions/api/bus.hpp"
#include "functions/api/log.hpp"
#include "functions/api/store.hpp"
#include "shared/nats/client.hpp"
#include "shared/nats/jetstream.hpp"

namespace freshet::api {

class NatsLog final : public Log {
 public:
  NatsLog(nats::Client& client, Random& random) : client_(client), jetstream_(client, random) {}
  // Read once per connection: only a restore or an import changes it. forget_epoch() when one is announced.
  [[nodiscard]] Result<std::string> epoch() override;
  void forget_epoch() { epoch_.clear(); }
  [[nodiscard]] Result<Logged> read(std::string_view subject) override;
  [[nodiscard]] Result<std::vector<Logged>> read_all(std::span<const std::string> subjects) override;
  [[nodiscard]] Result<Logged> read_at(StreamSequence sequence) override;
  // Carries the event's `ce-id` as its Nats-Msg-Id: when the connection breaks before the answer, it is sent again and stored once.
  [[nodiscard]] Result<StreamSequence> append(const Append& message) override;
  [[nodiscard]] Result<StreamSequence> append_batch(std::span<const Append> messages) override;

 private:
  nats::Client& client_;
  nats::JetStream jetstream_;
  std::string epoch_;
  std::uint64_t epoch_generation_ = 0;
};

class NatsStore final : public Store {
 public:
  explicit NatsStore(nats::Client& client) : client_(client) {}
  [[nodiscard]] Result<Answer> ask(std::string_view query, std::string_view parameters, std::string_view min_position) override;

 private:
  nats::Client& client_;
};

class NatsBus final : public Bus {
 public:
  explicit NatsBus(nats::Client& client) : client_(client) {}
  [[nodiscard]] Result<std::string> request(std::string_view subject, std::string_view payload, std::chrono::milliseconds wait) override;

 private:
  nats::Client& client_;
};

class NatsFreshness final : public Freshness {
 public:
  explicit NatsFreshness(nats::Client& client) : client_(client) {}
  [[nodiscard]] bool current() override { return client_.fresh(); }
  [[nodiscard]] std::uint64_t generation() const override { return client_.generation(); }

 private:
  nats::Client& client_;
};

}  // namespace freshet::api
