// Streams: the event streams of one loop: opened, resumed, joined to live delivery, kept alive, ended. No sockets, no threads.
//
// Shape     a stream is a number that its owner (Server, or a test) chose; bytes leave through a StreamWire.
//             open() -> catching up (ring, log) -> live -> ended
//           Each is on one transport (transport.hpp), which is how it says what it says; all else is the same for SSE and WebSocket.
//           A live stream gets its frames from the Fanout; one that catches up from the ring, or page by page from the log, at its own
//           pace: the next part is taken when the one before has left. It joins in the turn in which nothing is missing.
// Order     of the log; no gap and no repeat behind the position that was named. A stream-open or a stream-reset comes first.
// Bounds    outbox_bytes_max for each stream, unsent_bytes_max for all: over it the slowest consumers go, half way there nobody new is let in;
//           catching_up_max streams may hold pages of the log at a time, others wait, kept alive
// Errors    an outbox that is full ends the stream (a WebSocket finishes the frame under way and closes with 1013), and so does one from
//           which nothing leaves for two rounds of keep-alives; the client resumes. A WebSocket whose client is silent for 300 s is closed.
//           A position that cannot be resumed is a stream-reset, never silence.
// Threads   belongs to one loop. close() of the wire is never called inside a delivery: ended streams are closed at the turn's end.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/fanout/fanout.hpp"
#include "broker/fanout/outbox.hpp"
#include "broker/fanout/ring.hpp"
#include "broker/log/ports.hpp"
#include "broker/streams/counters.hpp"
#include "broker/streams/transport.hpp"

namespace freshet::broker {

using StreamId = SubscriberId;

// kGone: the peer has left, or the connection is broken. kSaid: everything was said and sent; what the peer still says may be awaited.
// kAborted: who does not read gets no more, and the kernel need not keep what he has not taken.
enum class Ending : std::uint8_t { kGone, kSaid, kAborted };

class StreamWire {
 public:
  virtual ~StreamWire() = default;
  // Sends what is taken at once and gives its length, which may be 0; nothing when the connection is broken.
  [[nodiscard]] virtual std::optional<std::size_t> send(StreamId stream, std::span<const iovec> pieces) = 0;
  // The same to many: taken[i] is of streams[i].
  virtual void send_all(std::span<const StreamId> streams, std::span<const iovec> pieces, std::span<std::optional<std::size_t>> taken) {
    for (std::size_t i = 0; i < streams.size(); ++i) taken[i] = send(streams[i], pieces);
  }
  // Whether Streams::on_writable() shall be called when more is taken.
  virtual void watch_writable(StreamId stream, bool wanted) = 0;
  // The stream is over; its number may be used again.
  virtual void close(StreamId stream, Ending ending) = 0;
};

struct StreamSettings {
  std::uint32_t loop = 0;
  std::size_t outbox_bytes_max = 5u << 20;  // over the largest page of the log: LogReads::kPageBytes and one event of 4 MiB
  std::size_t unsent_bytes_max = 512u << 20;  // of all outboxes; what streams share counts for each
  RingLimits ring;
  std::chrono::milliseconds retry{2000};
  std::size_t catching_up_max = 64;
  std::size_t waiting_max = 4096;  // streams that wait to read the log before others are told to come back
};

class Streams final : private Delivery {
 public:
  static constexpr std::chrono::milliseconds kTick{100};
  static constexpr std::size_t kKeepAliveTicks = 150;  // each stream gets a keep-alive every 15 s
  static constexpr std::size_t kDrainTicks = 20;  // streams are ended in waves over 2 s

  Streams(const StreamSettings& settings, const Clock& clock, StreamWire& wire, LogReader& reader, LoopCounters& counters);

  // False while the log's position is not known, and when draining: the client is told to come back.
  [[nodiscard]] bool can_open() const { return begun_ && !draining_; }
  // True in a storm: who wants to open a stream is told to come back.
  [[nodiscard]] bool busy() const {
    return wait_for_permit_.size() >= settings_.waiting_max || unsent_now_ > settings_.unsent_bytes_max / 2;
  }
  // `head` goes out before everything else. `named` is the position that the client gave, or empty. can_open() must hold.
  void open(StreamId stream, std::string_view channel, Format format, std::string_view named, std::string head);
  void on_writable(StreamId stream);
  void on_peer_closed(StreamId stream);
  // The client has said something.
  void on_heard(StreamId stream) { streams_[stream].silent_rounds = 0; }
  // Says something to one stream alone; and as the last thing before its end. A stream that is over already is no error.
  void tell(StreamId stream, std::string bytes);
  void end_with(StreamId stream, std::string last_words);
  void end_with(StreamId stream, const Farewell& farewell) { end_with(stream, transport(stream).farewell(farewell)); }
  [[nodiscard]] const Transport& transport(StreamId stream) const { return transport_of(streams_[stream].format); }

  void on_log(LogOutput output);
  void on_tick();  // every kTick
  void on_turn_end();  // delivers, then closes what has ended
  void drain();
  [[nodiscard]] bool drained() const { return draining_ && open_now_ == 0; }

  [[nodiscard]] std::size_t open_now() const { return open_now_; }
  [[nodiscard]] const Ring& ring() const { return ring_; }
  [[nodiscard]] std::size_t outbox_bytes(StreamId stream) const { return streams_[stream].outbox.bytes_now(); }

 private:
  static constexpr std::size_t kSendsAtOnce = 256;
  enum class State : std::uint8_t { kFree, kOpen, kEnding, kEnded };
  enum class Need : std::uint8_t { kNothing, kPermit, kPage };  // what a catching-up stream waits for
  struct Catching {
    StreamSequence cursor;  // everything up to here has been handed over
    Need need = Need::kNothing;
    bool permit = false;
    bool opened = false;  // the opening event is out
    bool confirmed = false;  // the log has said that it reaches up to the cursor
  };
  struct Stream {
    Outbox outbox;
    std::unique_ptr<Catching> catching;  // null: live
    std::string_view channel;
    std::uint32_t generation = 0;
    State state = State::kFree;
    Ending ending = Ending::kGone;
    Format format = Format::kSse;
    bool moved = true;  // something left since the last keep-alive round
    std::uint8_t silent_rounds = 0;
  };

  void deliver(std::span<const SubscriberId> streams, const Batch& batch) override;
  void deliver_now(const Batch& batch);
  void flush();
  void send(StreamId stream, const Batch& batch);
  void say(StreamId stream, const Frame& frame);
  void say_link_to_all();
  void after_send(StreamId stream, const Batch& batch, std::optional<std::size_t> taken);
  void queue_rest(StreamId stream, const Batch& batch, std::size_t sent);
  void give_up(StreamId stream, std::size_t sent_of_frame);
  void end(StreamId stream, Ending ending = Ending::kGone);
  void reap();

  void begin_reset(StreamId stream, std::string_view reason, std::string head);
  void advance(StreamId stream);
  [[nodiscard]] bool advance_once(StreamId stream);
  void take_from_ring(Stream& stream, Batch& out);
  void go_live(StreamId stream);
  void ask_log(StreamId stream);
  void request_page(StreamId stream);
  void stop_catching(StreamId stream);
  void give_permits();
  void add_opening(Stream& stream, Batch& out);

  void on_released(Released& released);
  void on_begin(const LogBegin& begin);
  void on_link(Link link);
  void on_page(Page& page);
  void advance_waiting();

  void keep_alive(StreamId stream);
  [[nodiscard]] bool hears_nobody(StreamId stream);
  void drain_wave();
  void bound_unsent();
  void publish(const LogEvent& event);
  [[nodiscard]] Frame link_frame(const Stream& stream) const;
  [[nodiscard]] std::string position_text(StreamSequence at) const { return format_position(epoch_, at); }

  const StreamSettings settings_;
  const Clock& clock_;
  StreamWire& wire_;
  LogReader& reader_;
  LoopCounters& counters_;
  Ring ring_;
  std::array<Fanout, kFormats> fanouts_;  // a stream is in that of its format
  std::vector<Stream> streams_;
  std::string epoch_;
  bool begun_ = false;
  Link link_ = Link::kDegraded;
  std::vector<StreamId> leaving_;  // to be taken from their channels when the fan-out is over
  std::vector<StreamId> sending_;  // of one delivery; at most kSendsAtOnce
  std::vector<StreamId> ended_;  // to be closed at the end of the turn
  std::vector<StreamId> ahead_;  // wait until the tail reaches their cursor
  std::deque<StreamId> wait_for_permit_;  // may name streams that have ended since
  std::size_t permits_now_ = 0;
  std::size_t open_now_ = 0;
  std::size_t tick_ = 0;
  std::size_t unsent_now_ = 0;  // as of the last tick
  bool draining_ = false;
  std::size_t drain_next_ = 0;
};

}  // namespace freshet::broker
