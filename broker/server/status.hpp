// Status: what the broker says of itself: /readyz, /metrics, the answers to `broker.health` and `broker.connections`.
//
// Threads   written by the loops through counters, read by any
#pragma once

#include <atomic>
#include <deque>
#include <string>

#include "broker/http/response.hpp"
#include "broker/streams/counters.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

// Written by the log loop.
struct LogCounters {
  std::atomic<bool> nats_connected{false};
  std::atomic<bool> log_followed{false};
  std::atomic<bool> ready{false};  // what the log held at the start is in the rings
  Counter position;                // sequence up to which events are out
  Counter messages;
  Counter events;
  Counter events_unreadable;
  Counter held_ns;
  Counter pages_read;
  Counter reads_waiting;
  Counter tail_attempts;
  Counter mailbox_overruns;
};

class Status {
 public:
  explicit Status(const Clock& clock) : clock_(clock), started_(clock.steady()) {}

  // Before the loops start.
  [[nodiscard]] LoopCounters& add_loop() { return loops_.emplace_back(); }
  [[nodiscard]] LogCounters& log() { return log_; }
  void start_draining() { draining_ = true; }
  void note_message_dropped() { ++messages_dropped_; }  // by the library's threads

  [[nodiscard]] bool ready() const;
  // Streams can be served: also without NATS, once the rings were filled.
  [[nodiscard]] bool log_was_read() const { return log_.ready; }
  [[nodiscard]] Response readiness() const;  // 200, or 503 and what is missing
  [[nodiscard]] Response liveness() const;
  [[nodiscard]] std::string metrics() const;  // Prometheus text format 0.0.4
  [[nodiscard]] std::string health() const;   // JSON
  [[nodiscard]] std::string connections() const;

 private:
  template <typename Pick>
  [[nodiscard]] std::uint64_t sum(Pick pick) const {
    std::uint64_t total = 0;
    for (const LoopCounters& loop : loops_) total += pick(loop).get();
    return total;
  }
  [[nodiscard]] std::chrono::seconds uptime() const;

  const Clock& clock_;
  const SteadyTime started_;
  std::deque<LoopCounters> loops_;
  LogCounters log_;
  std::atomic<bool> draining_{false};
  std::atomic<std::uint64_t> messages_dropped_{0};
};

}  // namespace freshet::broker
