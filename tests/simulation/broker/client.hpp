// Client: one who follows a channel, on SSE or a WebSocket, drops and comes back with its last position; checks what it is shown.
//
// Checks    each event of the channel behind its position, once and in order, or a reset, which only a disaster excuses
// Failures  broken() says what was broken first
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "broker/streams/streams.hpp"
#include "tests/simulation/broker/reader.hpp"

namespace freshet::simulation {

enum class Disasters : std::uint8_t { kNone, kAllowed };

// What happened, so that a test can tell that a run was worth something.
struct Tally {
  std::uint64_t events_seen = 0;
  std::uint64_t events_seen_on_sockets = 0;
  std::uint64_t resumes_from_ring = 0;
  std::uint64_t resumes_from_log = 0;
  std::uint64_t resets = 0;
  std::uint64_t slow_consumers = 0;
  std::uint64_t sockets_closed = 0;  // with a Close frame that the client read
  std::uint64_t stalled = 0;
  std::uint64_t repairs = 0;  // attempts to follow the log beyond the first
  std::uint64_t held = 0;     // events that a store was waited for
};

// What the log has said, against which clients are checked.
struct Truth {
  Disasters disasters = Disasters::kNone;
  std::string epoch;
  std::uint64_t first = 0;                                     // the oldest that the log still has
  std::map<std::string_view, std::set<std::uint64_t>> shown;  // by channel: sequences of its events

  [[nodiscard]] bool allows_disasters() const { return disasters == Disasters::kAllowed; }
};

class Client {
 public:
  // `truth` and `tally` outlive it.
  Client(std::string_view channel, broker::Format format, const Truth& truth, Tally& tally)
      : channel_(channel), format_(format), truth_(truth), tally_(tally) {}

  // A new connection; feed() what comes over it.
  void begin();
  void feed(std::string_view bytes);
  // Somebody else from now on, without a past, or with one that is made up.
  void become(std::string last_id);

  [[nodiscard]] std::string_view channel() const { return channel_; }
  [[nodiscard]] broker::Format format() const { return format_; }
  [[nodiscard]] const std::string& last_id() const { return last_id_; }
  [[nodiscard]] bool has_everything() const;
  [[nodiscard]] std::string name() const { return std::string(channel_) + " on " + (format_ == broker::Format::kSse ? "SSE" : "a socket"); }
  [[nodiscard]] const std::string& broken() const { return broken_; }  // empty: nothing

  // Where it is connected, as its world sees it.
  std::optional<std::pair<std::uint32_t, broker::StreamId>> stream;
  bool reading = true;

 private:
  void on_event(const StreamEvent& event);
  void on_reset(const StreamEvent& event);
  void move_cursor(const std::string& id, bool is_event);
  void see_event(const std::string& id, std::uint64_t at, std::optional<std::uint64_t> next);
  void check(bool holds, const std::string& what) {
    if (!holds && broken_.empty())
      broken_ = name() + ": " + what;
  }

  const std::string_view channel_;
  const broker::Format format_;
  const Truth& truth_;
  Tally& tally_;
  std::unique_ptr<Reader> reader_;
  std::string last_id_;  // as an EventSource keeps it
  std::uint64_t cursor_ = 0;
  bool knows_cursor_ = false;
  bool opened_ = false;
  bool closed_ = false;
  std::string broken_;
};

}  // namespace freshet::simulation
