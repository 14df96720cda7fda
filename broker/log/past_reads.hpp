// PastReads: hands over what the log says on some subjects since a time, once, when the log is first reached.
//
// Shape     a machine without I/O, like LogTail: batched direct gets on one filter after the other, each from where the one before ended
// Errors    what is not answered in time, or with a gap, is asked again from the last message that was handed over
// Source    NATS ADR-31 (batched direct get)
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/log/nats_wire.hpp"
#include "shared/clock.hpp"
#include "shared/position.hpp"

namespace freshet::broker {

class PastReads {
 public:
  static constexpr std::size_t kBatch = 512;
  static constexpr std::chrono::seconds kPatience{3};
  using Take = std::function<void(std::string_view subject, std::string_view payload)>;

  PastReads(NatsWire& wire, std::vector<std::string> filters, Take take) : wire_(wire), filters_(std::move(filters)), take_(std::move(take)) {}

  // Reads what was stored since `since`; does nothing when all has been read.
  void on_connected(WallTime since, SteadyTime now);
  void on_disconnected() { connected_ = false; }
  // True when the message was this machine's.
  [[nodiscard]] bool on_message(const NatsMessage& message, SteadyTime now);
  void on_tick(SteadyTime now);
  [[nodiscard]] bool done() const { return next_filter_ == filters_.size(); }

 private:
  void ask(SteadyTime now);
  [[nodiscard]] std::string inbox() const;

  NatsWire& wire_;
  const std::vector<std::string> filters_;
  const Take take_;
  bool connected_ = false;
  WallTime since_{};
  std::size_t next_filter_ = 0;
  StreamSequence last_;              // of this filter, handed over
  std::uint64_t last_in_batch_ = 0;  // 0: none yet
  std::uint64_t attempt_ = 0;
  SteadyTime deadline_{};
};

}  // namespace freshet::broker
