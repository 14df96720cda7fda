// Timers: what a loop has to do later, in order of time.
//
// Order     by time; equal times in the order they were set
// Threads   belongs to one loop. A callback may set and cancel timers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "shared/clock.hpp"

namespace freshet::broker {

class Timers {
 public:
  struct Id {
    SteadyTime at{};
    std::uint64_t number = 0;
    bool operator<(const Id& other) const { return at != other.at ? at < other.at : number < other.number; }
  };

  Id at(SteadyTime when, std::function<void()> what) {
    const Id id{when, ++last_};
    waiting_.emplace(id, std::move(what));
    return id;
  }
  // A timer that has run or was cancelled already is no error.
  void cancel(const Id& id) { waiting_.erase(id); }

  [[nodiscard]] std::optional<SteadyTime> next() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first.at);
  }

  // Runs what is due at `now`. What a callback sets for `now` or before runs too, so a callback must not do so for ever.
  void run(SteadyTime now) {
    while (!waiting_.empty() && waiting_.begin()->first.at <= now) {
      const auto due = waiting_.extract(waiting_.begin());
      due.mapped()();
    }
  }

 private:
  std::map<Id, std::function<void()>> waiting_;
  std::uint64_t last_ = 0;
};

}  // namespace freshet::broker
