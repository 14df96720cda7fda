// LogTail: follows the log as an ordered consumer, from the ring's beginning, over gaps, restarts and lost connections, for ever.
//
// Shape     a machine without I/O: messages and time go in, requests come out on a NatsWire, the log's messages come out on a Sink
//             connected -> ask for the stream's state and its epoch -> create a consumer behind the cursor -> follow
//           Each attempt has a number, which is part of its inbox subjects and of the consumer's name, so that answers to an older
//           attempt are recognised and ignored.
// Order     on_log_message() in stream order, each message once; the cursor moves when the sink has been handed the message, never
//           before (nats.go #2107)
// Errors    a gap in the consumer's own sequence, a heartbeat that names another sequence, or silence starts a new attempt behind the
//           cursor. What cannot be continued (another epoch, a log shorter than the cursor, events purged) is told to the sink as
//           a new beginning. A hole in the stream sequences is usual (deleted messages) unless the log now begins behind it: the
//           server is asked, and the sink is told a moment later.
// Flow      the server stops and asks when much is under way; it is answered after all before has been handed over, so the mailbox
//           in between stays bounded
// Source    NATS ADR-17 (ordered consumer), ADR-31 (direct get); JetStream push consumers, flow control and idle heartbeats
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "broker/log/nats_wire.hpp"
#include "shared/clock.hpp"
#include "shared/position.hpp"

namespace freshet::broker {

// Why the positions of before cannot be continued.
enum class Break : std::uint8_t { kFirst, kEpoch, kShorter, kPurged };

class LogTailSink {
 public:
  virtual ~LogTailSink() = default;
  // The log goes on behind `position`, and what was before does not lead there.
  virtual void on_log_begin(const Position& position, Break why) = 0;
  virtual void on_log_message(StreamSequence sequence, const NatsMessage& message) = 0;
  // There is nothing (any more) up to here: the newest messages of a log may have been deleted.
  virtual void on_log_passed(StreamSequence sequence) = 0;
  virtual void on_link_up() = 0;  // following (again)
  virtual void on_link_down() = 0;
};

class LogTail {
 public:
  static constexpr std::chrono::seconds kAnswerPatience{3};
  static constexpr std::chrono::seconds kIdleHeartbeat{2};
  static constexpr std::chrono::seconds kSilencePatience{7};
  static constexpr std::chrono::milliseconds kRetryPause{500};

  LogTail(NatsWire& wire, LogTailSink& sink, std::string consumer_prefix, std::size_t events_before);

  void on_connected(SteadyTime now);
  void on_disconnected();
  // True when the message was this machine's.
  [[nodiscard]] bool on_message(const NatsMessage& message, SteadyTime now);
  void on_tick(SteadyTime now);

  [[nodiscard]] const std::string& epoch() const { return epoch_; }
  [[nodiscard]] StreamSequence cursor() const { return cursor_; }
  // True once everything that the log held when this attempt began has been handed over.
  [[nodiscard]] bool caught_up() const { return following() && caught_up_; }
  // Nothing before the cursor can have been purged without being told.
  [[nodiscard]] bool sure() const { return !hole_; }
  [[nodiscard]] bool following() const { return state_ == State::kFollowing; }
  [[nodiscard]] std::uint64_t attempts() const { return attempt_; }

 private:
  enum class State : std::uint8_t { kAway, kPausing, kAsking, kCreating, kFollowing };
  struct LogState {
    StreamSequence first;
    StreamSequence last;
  };

  void attempt(SteadyTime now);
  void fail(SteadyTime now);
  void leave(State next);
  void on_info(const NatsMessage& message, SteadyTime now);
  void on_epoch(const NatsMessage& message, SteadyTime now);
  void create(SteadyTime now);
  void on_created(const NatsMessage& message, SteadyTime now);
  void on_status(const NatsMessage& message, SteadyTime now);
  void on_data(const NatsMessage& message, SteadyTime now);
  void note_caught_up(SteadyTime now);
  void note_hole(SteadyTime now);
  void ask_about_hole(SteadyTime now);
  void on_hole_answer(const NatsMessage& message, SteadyTime now);
  void note_epoch(StreamSequence at, std::string epoch);
  [[nodiscard]] std::string consumer_name() const;
  [[nodiscard]] std::string deliver_subject() const;
  [[nodiscard]] std::string inbox(std::string_view what) const;

  NatsWire& wire_;
  LogTailSink& sink_;
  const std::string consumer_prefix_;
  const std::size_t events_before_;
  State state_ = State::kAway;
  std::uint64_t attempt_ = 0;
  SteadyTime deadline_{};
  std::optional<LogState> asked_state_;
  std::optional<Position> asked_epoch_;
  bool begun_ = false;
  std::string epoch_;
  StreamSequence epoch_at_;
  StreamSequence cursor_;
  std::uint64_t pending_at_start_ = 0;  // messages that the new consumer had before it
  bool caught_up_ = false;
  std::optional<StreamSequence> hole_;  // the first sequence that was passed over and may have been purged
  bool hole_grew_ = false;              // another hole was seen since the server was asked
  SteadyTime hole_deadline_{};
  std::uint64_t consumer_sequence_ = 0;  // the consumer's own count of what it has sent
};

}  // namespace freshet::broker
