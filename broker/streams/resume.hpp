// decide_resume: where a stream that names a position can go on. A pure function; the rest of resuming is Streams'.
#pragma once

#include <cstdint>
#include <string_view>

#include "broker/fanout/ring.hpp"
#include "shared/position.hpp"

namespace freshet::broker {

struct ResumePlan {
  enum class From : std::uint8_t {
    kLive,   // no position was named
    kRing,   // everything behind `after` is in the ring
    kLog,    // further back, or ahead of what this broker has seen: the log must be asked
    kReset,  // it cannot; `reason` is what the client is told
  };
  From from = From::kLive;
  StreamSequence after;
  std::string_view reason;  // static text
};

[[nodiscard]] inline ResumePlan decide_resume(std::string_view named, std::string_view epoch, const Ring& ring) {
  using From = ResumePlan::From;
  if (named.empty()) return {From::kLive, ring.tail(), {}};
  const auto position = parse_position(named);
  if (!position.ok()) return {From::kReset, ring.tail(), "unreadable"};
  if (position->epoch != epoch) return {From::kReset, ring.tail(), "other-epoch"};
  return {ring.covers(position->sequence) ? From::kRing : From::kLog, position->sequence, {}};
}

}  // namespace freshet::broker
