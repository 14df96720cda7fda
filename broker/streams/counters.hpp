// Counters of one loop: written by its thread alone, read by whoever answers /metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace freshet::broker {

// One writer, many readers; a plain store, since nobody else adds.
class Counter {
 public:
  void add(std::uint64_t by = 1) { value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Why a stream could not go on where its client left it.
inline constexpr std::array<std::string_view, 5> kResetReasons{"unreadable", "other-epoch", "ahead", "too-old", "overrun"};

struct alignas(64) LoopCounters {
  Counter connections_now;
  Counter connections_accepted;
  Counter streams_now;
  Counter sockets_now;              // streams that are WebSockets
  Counter socket_messages;          // said by clients, control frames included
  Counter socket_messages_refused;  // answered with `error`
  Counter socket_protocol_errors;   // closed with 1002, 1007 or 1009
  Counter streams_opened;
  Counter streams_refused;  // caps, origins, tokens
  Counter streams_put_off;  // told to come back: not ready, full, draining
  Counter deliveries;       // frames of events handed to a connection
  Counter slow_consumers;
  Counter unsent_bytes;  // of all outboxes
  Counter stalled;
  Counter silent;  // sockets whose client said nothing for too long
  Counter resumes_from_ring;
  Counter resumes_from_log;
  std::array<Counter, kResetReasons.size()> resets;
  Counter ring_bytes;
  Counter ring_events;
  Counter loop_lag_ns;
  Counter requests;
  Counter requests_refused;

  void note_reset(std::string_view reason) {
    for (std::size_t i = 0; i < kResetReasons.size(); ++i) {
      if (kResetReasons[i] == reason) resets[i].add();
    }
  }
};

}  // namespace freshet::broker
