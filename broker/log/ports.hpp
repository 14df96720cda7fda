// Ports: what the log loop and the connection loops say to each other. Everything crosses in mailboxes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker/fanout/frame.hpp"
#include "broker/log/nats_wire.hpp"
#include "shared/position.hpp"

namespace freshet::broker {

// A stream of a loop. Stream numbers are used again, so each use has its own generation.
struct StreamKey {
  std::uint32_t loop = 0;
  std::uint32_t stream = 0;
  std::uint32_t generation = 0;
  auto operator<=>(const StreamKey&) const = default;
};

// ---- from a connection loop to the log loop
struct PageRequest {
  StreamKey key;
  StreamSequence after;
  std::string_view channel;  // static text
  Format format = Format::kSse;
};

// ---- from the log loop to a connection loop
struct Released {
  std::vector<LogEventPtr> events;
  StreamSequence tail;  // everything up to here is out
};
// The log goes on behind `position`, and positions of before do not lead there. `reason` is what clients are told.
struct LogBegin {
  Position position;
  std::string_view reason;  // static text
};
enum class Link : std::uint8_t { kLive, kDegraded };
struct LinkChange {
  Link link;
};
// A part of a channel's past, read from the log.
struct Page {
  StreamKey key;
  std::string epoch;
  std::vector<Frame> frames;
  StreamSequence last;       // newest event that was read
  StreamSequence through;    // the channel's events behind the asked position and up to here are all in `frames`
  StreamSequence log_first;  // what the log held when the page had been read
  StreamSequence log_last;
};
using LogOutput = std::variant<Released, LogBegin, LinkChange, Page>;

// What an output counts for in a mailbox.
[[nodiscard]] std::size_t bytes_of(const LogOutput& output);

class LoopPorts {
 public:
  virtual ~LoopPorts() = default;
  virtual void to_all(const LogOutput& output) = 0;
  virtual void to_one(std::uint32_t loop, LogOutput output) = 0;
};

class LogReader {
 public:
  virtual ~LogReader() = default;
  // The answer is one Page, when the log can be read: a request waits while NATS is away.
  virtual void read(const PageRequest& request) = 0;
};

}  // namespace freshet::broker
