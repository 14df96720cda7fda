// LogReads: reads parts of the log's past for streams that resume from further back than the ring.
//
// Shape     a request is one page: direct gets in a batch on the channel's subject filter, then the log's state, so that events that
//           were purged meanwhile do not go missing unseen. The asker asks again from where the page ended.
// Bounds    kReadsMax at a time, the rest wait their turn; a page ends at kPageEvents events or with the event that passes
//           `page_bytes`. Each stream has at most one request, so what waits is bounded by the number of streams.
// Errors    what is not answered in time is read again; while NATS is away requests wait
// Source    NATS ADR-31 (batched direct get); JetStream API
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "broker/log/event_encoder.hpp"
#include "broker/log/nats_wire.hpp"
#include "broker/log/ports.hpp"
#include "shared/clock.hpp"

namespace freshet::broker {

class LogReads {
 public:
  static constexpr std::size_t kReadsMax = 4;
  static constexpr std::size_t kPageEvents = 256;
  static constexpr std::size_t kPageBytes = 512u << 10;
  static constexpr std::chrono::seconds kPatience{3};

  LogReads(NatsWire& wire, LoopPorts& ports, EventEncoder& encoder, std::size_t page_bytes = kPageBytes)
      : wire_(wire), ports_(ports), encoder_(encoder), page_bytes_(page_bytes) {}

  void request(const PageRequest& request, SteadyTime now);
  void on_link_up(const std::string& epoch, SteadyTime now);
  void on_link_down();
  // Pages end here: what lies behind is not out yet.
  void on_released(StreamSequence tail) { released_ = tail; }
  void on_begin(const Position& position);
  [[nodiscard]] bool on_message(const NatsMessage& message, SteadyTime now);
  void on_tick(SteadyTime now);

  [[nodiscard]] std::size_t waiting() const { return waiting_.size() + reading_.size(); }
  [[nodiscard]] std::uint64_t pages_read() const { return pages_read_; }
  [[nodiscard]] std::uint64_t events_unreadable() const { return events_unreadable_; }

 private:
  struct Read {
    PageRequest request;
    Page page;
    StreamSequence last;        // newest message taken so far
    StreamSequence released;    // when it was asked
    bool everything = false;    // nothing more lies behind the last message
    SteadyTime deadline{};
  };

  void start_next(SteadyTime now);
  void start(const PageRequest& request, SteadyTime now);
  void on_event(std::uint64_t id, Read& read, const NatsMessage& message, SteadyTime now);
  void on_batch_end(std::uint64_t id, Read& read, const NatsMessage& message, SteadyTime now);
  void on_info(std::uint64_t id, Read& read, const NatsMessage& message, SteadyTime now);
  void again(std::uint64_t id, SteadyTime now);
  [[nodiscard]] std::string inbox(std::uint64_t id, std::string_view what) const;

  NatsWire& wire_;
  LoopPorts& ports_;
  EventEncoder& encoder_;
  const std::size_t page_bytes_;
  bool up_ = false;
  std::string epoch_;
  StreamSequence released_;
  std::uint64_t last_id_ = 0;
  std::deque<PageRequest> waiting_;
  std::map<std::uint64_t, Read> reading_;
  std::uint64_t pages_read_ = 0;
  std::uint64_t events_unreadable_ = 0;
};

}  // namespace freshet::broker
