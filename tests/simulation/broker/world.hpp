// World: a log, a broker of two loops, its stores and its clients in one process, on a manual clock. One seed decides everything.
//
// Does      appends (public, drafts, things that go nowhere), drops and delays messages, loses the connection to NATS, kills the
//           broker, cuts clients, lets them stop reading; where `disasters` is set also new epochs, purges and restores
// Checks    each client sees every public event behind its position, once and in order, or is told by a reset, which only a disaster
//           excuses; outboxes and rings keep their limits; nothing is out before a store that is heard has applied it, or 100 ms
// Failures  broken() says what was broken first; the world stands still from then on
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/log/log_hub.hpp"
#include "broker/streams/streams.hpp"
#include "shared/domain/article.hpp"
#include "tests/simulation/broker/jetstream.hpp"
#include "tests/simulation/broker/sse_reader.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet::simulation {

enum class Disasters : std::uint8_t { kNone, kAllowed };

// What happened, so that a test can tell that a run was worth something.
struct Tally {
  std::uint64_t events_seen = 0;
  std::uint64_t resumes_from_ring = 0;
  std::uint64_t resumes_from_log = 0;
  std::uint64_t resets = 0;
  std::uint64_t slow_consumers = 0;
  std::uint64_t stalled = 0;
  std::uint64_t repairs = 0;  // attempts to follow the log beyond the first
  std::uint64_t held = 0;     // events that a store was waited for
};

class World {
 public:
  static constexpr std::uint32_t kLoops = 2;
  static constexpr std::size_t kClients = 6;
  static constexpr std::size_t kOutboxBytes = 120'000;
  static constexpr std::size_t kRingEvents = 12;
  static constexpr std::size_t kRingBytes = 60'000;

  World(std::uint64_t seed, Disasters disasters);
  ~World();
  void run(int steps);
  void settle();  // everything heals; then every client must have seen everything
  [[nodiscard]] const std::string& broken() const { return broken_; }  // empty: nothing
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  struct Broker;
  struct Client {
    std::string_view channel;
    std::string last_id;  // as an EventSource keeps it
    std::uint64_t cursor = 0;
    bool knows_cursor = false;
    bool opened = false;
    bool reading = true;
    std::optional<std::pair<std::uint32_t, broker::StreamId>> stream;
    SseReader reader;
  };

  void step();
  void act();
  void act_on_log();
  void act_on_client();
  void cause_disaster();
  void append_article();
  void run_broker();
  void run_stores();
  void carry_messages();
  void connect(Client& client);
  void disconnect(Client& client);
  void read_some(Client& client);
  void on_event(Client& client, const SseEvent& event);
  void move_cursor(Client& client, const std::string& id, bool is_event);
  void check_limits();
  void collect_tally();
  void start_broker();
  void kill_broker();
  void lose_link();
  void find_link();
  void check_released(const broker::Released& released);
  void on_closed(std::uint32_t loop, broker::StreamId id, std::string rest);
  void new_epoch();
  [[nodiscard]] bool chance(std::uint64_t percent) { return random_.below(100) < percent; }
  void check(bool holds, const std::string& what) {
    if (!holds && broken_.empty()) broken_ = what;
  }

  testing::SeededRandom random_;
  testing::ManualClock clock_;
  const Disasters disasters_;
  JetStream server_;
  std::unique_ptr<Broker> broker_;
  std::vector<Client> clients_;
  std::string epoch_;
  std::set<std::uint64_t> public_;  // sequences of events that a channel shows
  std::map<std::string, Article> articles_;
  std::vector<std::uint64_t> tokens_;  // messages that go nowhere and vanish again
  bool connected_ = false;
  bool healed_ = false;
  bool stalled_link_ = false;
  bool store_alive_ = true;
  std::uint64_t store_applied_ = 0;
  SteadyTime store_said_{};
  std::uint64_t broker_number_ = 0;
  Tally tally_;
  std::string broken_;
};

}  // namespace freshet::simulation
