// JetStream: as much of a nats-server with the stream LOG as a broker asks, in memory, on a manual clock, and as unfriendly as told.
//
// Shape     the broker's publish() comes in; messages for it wait in `outgoing` and are taken by the world, which may delay them, drop
//           single ones (a full mailbox) or all of them (a lost connection)
// Covers    STREAM.INFO, DIRECT.GET (last of a subject; batches by subject), CONSUMER.CREATE and DELETE, push delivery with flow
//           control and idle heartbeats, deleted messages, purges, restores to an older state
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "broker/log/nats_wire.hpp"
#include "shared/clock.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet::simulation {

struct Stored {
  std::string subject;
  HeaderList headers;
  std::string payload;
};

class JetStream {
 public:
  JetStream(const Clock& clock, testing::SeededRandom& random) : clock_(clock), random_(random) {}

  // ---- the log
  std::uint64_t append(Stored message);
  void remove(std::uint64_t sequence) { messages_.erase(sequence); }  // a message whose TTL has passed
  void purge_before(std::uint64_t sequence);
  void truncate_after(std::uint64_t sequence);  // restored from a backup
  [[nodiscard]] std::uint64_t first() const;
  [[nodiscard]] std::uint64_t last() const { return last_; }
  [[nodiscard]] const std::map<std::uint64_t, Stored>& messages() const { return messages_; }

  // ---- the server
  void receive(std::string_view subject, std::string_view reply, std::string_view payload);
  void set_interest(std::string_view subject) { interest_ = subject; }
  void turn();                // delivers to consumers, sends heartbeats
  void lose_connection();     // what is under way is gone, and so is the interest
  std::deque<broker::NatsMessage> outgoing;

 private:
  struct Consumer {
    std::string deliver_subject;
    std::uint64_t next = 1;   // stream sequence
    std::uint64_t sent = 0;   // consumer sequence
    std::uint64_t last_sequence = 0;
    std::string awaited;      // flow control that is not answered yet
    int until_flow_control = 16;
    SteadyTime last_activity{};
  };
  void answer(std::string_view to, std::string payload, HeaderList headers = {});
  void stream_info(std::string_view reply);
  void direct_get(std::string_view reply, std::string_view request);
  void create_consumer(std::string_view name, std::string_view reply, std::string_view request);
  void push(const std::string& name, Consumer& consumer);
  void heartbeat(Consumer& consumer);

  const Clock& clock_;
  testing::SeededRandom& random_;
  std::map<std::uint64_t, Stored> messages_;
  std::uint64_t last_ = 0;
  std::uint64_t purged_before_ = 1;
  std::map<std::string, Consumer> consumers_;
  std::string interest_;
  std::uint64_t flow_controls_ = 0;
};

}  // namespace freshet::simulation
