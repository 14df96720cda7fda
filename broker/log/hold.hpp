// Hold: keeps events back until reads show them, for a short while at the most (DESIGN rule 8).
//
// Shape     add() what came from the log, note_applied() what the stores say, release() what may go out
// Order     as added. An event without a route waits for nobody, but not past one that waits.
// Bounds    an event waits at most kWaitMax. Only stores heard within kHeardWithin count; without any, nothing waits. At most
//           kStoresMax stores are remembered.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/fanout/frame.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

class Hold {
 public:
  static constexpr std::chrono::milliseconds kWaitMax{100};
  static constexpr std::chrono::seconds kHeardWithin{1};
  static constexpr std::size_t kStoresMax = 64;

  struct Released {
    std::vector<LogEventPtr> events;      // those with a route
    std::optional<StreamSequence> tail;   // up to here everything is out; empty: nothing new
    std::chrono::nanoseconds waited{0};   // sum over `events`
  };

  // `event` is null when the message at `sequence` has no route.
  void add(StreamSequence sequence, LogEventPtr event, SteadyTime now);
  void note_applied(std::string_view store, StreamSequence applied, SteadyTime now);
  [[nodiscard]] Released release(SteadyTime now);
  // When release() has something to do again, if nothing is heard before.
  [[nodiscard]] std::optional<SteadyTime> next_deadline() const;
  void clear() { waiting_.clear(); }
  // What the stores said belongs to another log.
  void forget_stores() { stores_.clear(); }

 private:
  struct Waiting {
    StreamSequence sequence;
    LogEventPtr event;
    SteadyTime since;
  };
  struct Store {
    StreamSequence applied;
    SteadyTime heard;
  };
  [[nodiscard]] std::optional<StreamSequence> slowest(SteadyTime now);

  std::deque<Waiting> waiting_;
  std::map<std::string, Store, std::less<>> stores_;
};

}  // namespace freshet::broker
