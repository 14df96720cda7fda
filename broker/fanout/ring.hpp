// Ring: the newest events of the log, from which short resumes are served.
//
// Shape     holds every routed event behind floor() and up to tail(), in order; tail() also counts events without a route
// Bounds    bytes, events and age, whichever is reached first; the newest event is kept even if it alone is over `bytes_max`
// Threads   belongs to one loop; the frames are shared by all loops' rings
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

#include "broker/fanout/frame.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

struct RingLimits {
  std::size_t bytes_max = 64u << 20;
  std::size_t events_max = 1500;
  std::chrono::seconds age_max{60};
};

class Ring {
 public:
  explicit Ring(const RingLimits& limits) : limits_(limits) {}

  // Forgets everything: the ring now stands empty behind `at`.
  void restart(StreamSequence at);
  // `event` comes behind the tail.
  void add(LogEventPtr event, SteadyTime now);
  // The log has been read up to `tail`, with or without routed events.
  void advance(StreamSequence tail);
  void expire(SteadyTime now);

  [[nodiscard]] StreamSequence floor() const { return floor_; }
  [[nodiscard]] StreamSequence tail() const { return tail_; }
  [[nodiscard]] std::size_t bytes_now() const { return bytes_now_; }
  [[nodiscard]] std::size_t events_now() const { return events_.size(); }

  // True when everything behind `after` and up to the tail is here.
  [[nodiscard]] bool covers(StreamSequence after) const { return after >= floor_ && after <= tail_; }

  // The frames of `channel` in `format` behind `after`, oldest first, until `take` says false. covers(after) must hold.
  template <typename Take>
  void each_behind(StreamSequence after, std::string_view channel, Format format, Take take) const {
    for (auto at = first_behind(after); at != events_.end(); ++at) {
      for (const ChannelFrames& one : at->event->channels) {
        const Frame& frame = one.frames[index_of(format)];
        if (one.channel == channel && frame && !take(at->event->sequence, frame)) return;
      }
    }
  }

 private:
  struct Kept {
    LogEventPtr event;
    SteadyTime since;
  };
  [[nodiscard]] std::deque<Kept>::const_iterator first_behind(StreamSequence after) const;
  void drop_oldest();

  RingLimits limits_;
  std::deque<Kept> events_;
  StreamSequence floor_;
  StreamSequence tail_;
  std::size_t bytes_now_ = 0;
};

}  // namespace freshet::broker
