// LogTail: hands over every message of a stream once, in sequence order, from a position to the live end and on.
//
// Shape     an ordered push consumer (ADR-17): no acknowledgements, flow control, heartbeats; memory on the server, gone with the
//           connection. The owner's loop is: keep(), client.poll(wait), look at live() and position(), again. Messages reach the handler
//           inside poll(), at the speed of the connection; the server waits (flow control) when the handler is slow.
// Order     by stream sequence, ascending; a filtered stream has holes, a lost message never makes one: a gap in the consumer's own
//           sequence, a missing heartbeat or a new connection makes the next keep() start a new consumer behind the last message
//           handed over.
// Errors    keep() fails with kUnavailable while the server cannot be reached; call it again (it paces itself). kNotFound: no such stream.
// Lifetime  borrows JetStream and its Client; the destructor ends the subscription
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "shared/nats/jetstream.hpp"
#include "shared/subject.hpp"

namespace freshet::nats {

// One message of the stream; the views live until the handler returns.
struct TailMessage {
  std::string_view subject;
  StreamSequence sequence;
  WallTime time{};            // when it was stored
  HeaderView headers;
  std::string_view payload;
  std::uint64_t pending = 0;  // messages behind this one when it was sent; 0 at the live end
};

struct TailOptions {
  std::string stream = std::string(kLogStream);
  std::string filter;                          // one subject filter; all when empty
  std::chrono::milliseconds heartbeat{2000};   // two missing ones start again
};

class LogTail {
 public:
  using Handler = std::function<void(const TailMessage&)>;

  // Hands over what lies behind `after` (0: everything).
  LogTail(JetStream& jetstream, Random& random, TailOptions options, StreamSequence after, Handler handler);
  ~LogTail();
  LogTail(const LogTail&) = delete;
  LogTail& operator=(const LogTail&) = delete;

  // Sees that a consumer is there and well. Cheap when it is.
  [[nodiscard]] Result<void> keep();
  // The last message handed over.
  [[nodiscard]] StreamSequence position() const { return position_; }
  // True when all that lay in the stream when the consumer started has been handed over, and nothing is known to be missing.
  [[nodiscard]] bool live() const { return running() && caught_up_; }

 private:
  enum class State : std::uint8_t { kStopped, kRunning };
  [[nodiscard]] bool running() const {
    const Client& client = jetstream_.client();
    return state_ == State::kRunning && client.connected() && client.generation() == generation_;
  }
  [[nodiscard]] Result<void> start();
  void stop();
  void handle(const MessageView& message);
  void handle_status(const MessageView& message);

  JetStream& jetstream_;
  Random& random_;
  TailOptions options_;
  StreamSequence position_;
  Handler handler_;
  State state_ = State::kStopped;
  bool caught_up_ = false;
  std::uint64_t consumer_sequence_ = 0;    // of the last delivery
  std::uint64_t generation_ = 0;           // of the client's connection that the consumer belongs to
  std::string inbox_;
  std::string consumer_;
  SteadyTime heard_{};                     // when the consumer was last heard
  SteadyTime try_after_{};
  Error failed_;                           // why the last start() failed
};

// Place of a message in an atomic batch, by its headers (ADR-50). A message outside one is the whole of its own.
struct BatchPlace {
  std::string_view id;        // empty: no batch
  std::uint64_t sequence = 0;
  bool commit = true;         // the last of its batch
};
[[nodiscard]] BatchPlace batch_place(HeaderView headers);

}  // namespace freshet::nats
