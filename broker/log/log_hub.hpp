// LogHub: the log side of the broker without I/O: follows the log, encodes each event once, holds it until reads show it, gives it to
// every loop, and reads the past for streams that ask.
//
// Threads   belongs to the log loop
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/log/event_encoder.hpp"
#include "broker/log/hold.hpp"
#include "broker/log/log_reads.hpp"
#include "broker/log/log_tail.hpp"
#include "broker/log/ports.hpp"

namespace freshet::broker {

struct LogHubSettings {
  std::string consumer_prefix;       // unique to this process
  std::string place = "local";       // stores of this place are waited for
  std::size_t ring_events_max = 1500;
  std::size_t page_bytes = LogReads::kPageBytes;
  Compressed compressed;
};

struct LogHubCounters {
  std::uint64_t events = 0;             // routed events that were released
  std::uint64_t messages = 0;           // of the log, with or without a route
  std::uint64_t events_unreadable = 0;
  std::chrono::nanoseconds held{0};     // sum over `events`
};

class LogHub final : private LogTailSink {
 public:
  // Streams hear that the link is down when it stays so for this long.
  static constexpr std::chrono::milliseconds kDegradedAfter{500};

  LogHub(NatsWire& wire, LoopPorts& ports, LogHubSettings settings);

  void on_connected(SteadyTime now);
  void on_disconnected(SteadyTime now);
  void on_message(const NatsMessage& message, SteadyTime now);
  void on_page_request(const PageRequest& request, SteadyTime now);
  // Once a turn, after everything else of the turn: gives the loops what may go out.
  void on_turn_end(SteadyTime now);
  // When on_turn_end() must be called at the latest.
  [[nodiscard]] SteadyTime next_deadline(SteadyTime now) const;

  // Everything that the log held when it was first reached is in the loops' rings.
  [[nodiscard]] bool ready() const { return caught_up_ && tail_.following(); }
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool following() const { return tail_.following(); }
  [[nodiscard]] Position position() const { return Position{tail_.epoch(), released_}; }
  [[nodiscard]] Link link() const { return told_; }  // as the loops were told
  [[nodiscard]] LogHubCounters counters() const;
  [[nodiscard]] const LogReads& reads() const { return reads_; }
  [[nodiscard]] std::uint64_t tail_attempts() const { return tail_.attempts(); }

 private:
  void on_log_begin(const Position& position, Break why) override;
  void on_log_message(StreamSequence sequence, const NatsMessage& message) override;
  void on_log_passed(StreamSequence sequence) override { hold_.add(sequence, nullptr, now_); }
  void on_link_up() override;
  void on_link_down() override;
  void on_applied(const NatsMessage& message, SteadyTime now);
  void release(SteadyTime now);
  void tell_link(SteadyTime now);

  LoopPorts& ports_;
  const LogHubSettings settings_;
  EventEncoder encoder_;
  LogTail tail_;
  Hold hold_;
  LogReads reads_;
  SteadyTime now_{};
  StreamSequence released_;
  bool connected_ = false;
  bool caught_up_ = false;
  std::optional<SteadyTime> down_since_;
  Link told_ = Link::kDegraded;
  LogHubCounters counters_;
};

}  // namespace freshet::broker
