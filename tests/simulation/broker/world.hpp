// World: a log, a broker of two loops, its stores and its clients in one process, on a manual clock. One seed decides everything.
//
// Does      appends (public, drafts, things that go nowhere), drops and delays messages, loses the connection to NATS, kills the
//           broker, cuts clients, lets them stop reading; where `disasters` is set also new epochs, purges and restores
// Checks    what its clients check (client.hpp), on SSE and on sockets, compressed or not; outboxes and rings keep their limits; nothing is out before a store that is heard has applied it, or 100 ms
// Failures  broken() says what was broken first; the world stands still from then on
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/log/log_hub.hpp"
#include "broker/streams/streams.hpp"
#include "shared/domain/article.hpp"
#include "shared/domain/course.hpp"
#include "tests/simulation/broker/client.hpp"
#include "tests/simulation/broker/jetstream.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet::simulation {

class World {
 public:
  static constexpr std::uint32_t kLoops = 2;
  static constexpr std::size_t kOutboxBytes = 70'000;
  static constexpr std::size_t kPageBytes = 30'000;  // with one event above it, less than an outbox
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
  void step();
  void act();
  void act_on_log();
  void act_on_client();
  void cause_disaster();
  void append_event();
  void append_article();
  void append_course();
  void say_epoch();
  void run_broker();
  void run_stores();
  void carry_messages();
  void connect(Client& client);
  void disconnect(Client& client);
  void read_some(Client& client);
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
  JetStream server_;
  std::unique_ptr<Broker> broker_;
  Truth truth_;
  Tally tally_;
  std::deque<Client> clients_;
  std::map<std::string, Article> articles_;
  std::map<std::string, Course> courses_;
  std::vector<std::uint64_t> tokens_;  // messages that go nowhere and vanish again
  bool connected_ = false;
  bool healed_ = false;
  bool stalled_link_ = false;
  bool store_alive_ = true;
  std::uint64_t store_applied_ = 0;
  SteadyTime store_said_{};
  std::uint64_t broker_number_ = 0;
  std::string broken_;
};

}  // namespace freshet::simulation
