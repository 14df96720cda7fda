#include "broker/streams/streams.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "broker/websocket/encoder.hpp"
#include "tests/support/manual_clock.hpp"

using namespace freshet;
using namespace freshet::broker;

namespace {

constexpr std::size_t kOutboxBytes = 100;

// One loop of streams whose connections take as much as they are told to.
struct World final : StreamWire, LogReader {
  testing::ManualClock clock;
  LoopCounters counters;
  std::map<StreamId, std::string> taken;
  std::map<StreamId, std::size_t> room;
  std::map<StreamId, bool> watched;
  std::map<StreamId, Ending> closed;
  Streams streams;

  static StreamSettings settings() {
    StreamSettings out;
    out.outbox_bytes_max = kOutboxBytes;
    out.unsent_bytes_max = 2 * kOutboxBytes;
    out.catching_up_max = 1;
    out.waiting_max = 2;
    return out;
  }
  World() : streams(settings(), clock, *this, *this, counters) {
    streams.on_log(LogBegin{{"epochepo", StreamSequence{1}}, "first"});
    streams.on_log(LinkChange{Link::kLive});
  }
  std::optional<std::size_t> send(StreamId id, std::span<const iovec> pieces) override {
    std::size_t sent = 0;
    for (const iovec& piece : pieces) {
      const std::size_t part = std::min(piece.iov_len, room[id]);
      taken[id].append(static_cast<const char*>(piece.iov_base), part);
      room[id] -= part;
      sent += part;
      if (part < piece.iov_len) break;
    }
    return sent;
  }
  void watch_writable(StreamId id, bool wanted) override { watched[id] = wanted; }
  void close(StreamId id, Ending ending) override { closed[id] = ending; }
  void read(const PageRequest&) override {}

  void open(StreamId id, Format format) {
    room[id] = 1 << 20;
    streams.open(id, "c", format, "", "");
    streams.on_turn_end();
    taken[id].clear();
  }
  void publish(std::uint64_t sequence, const std::string& text) {
    LogEvent event;
    event.sequence = StreamSequence{sequence};
    event.channels.push_back({"c", {make_frame(text), make_frame(text), make_frame(text)}});
    streams.on_log(Released{{std::make_shared<const LogEvent>(std::move(event))}, StreamSequence{sequence}});
    streams.on_turn_end();
  }
  void rounds(std::size_t count) {
    for (std::size_t i = 0; i < count * Streams::kKeepAliveTicks; ++i) {
      clock.advance(Streams::kTick);
      streams.on_tick();
      streams.on_turn_end();
    }
  }
};

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("one stream is opened, fed and told of a restart in the words of its transport") {
  World world;
  for (const Format format : {Format::kSse, Format::kWebSocket, Format::kWebSocketDeflated}) {
    const auto id = static_cast<StreamId>(format);
    world.room[id] = 1 << 20;
    world.streams.open(id, "c", format, "", "head|");
  }
  world.publish(2, "event|");
  CHECK(world.taken[0].starts_with("head|retry: 2000\n\nid: epochepo-1\nevent: stream-open\n"));
  for (const StreamId socket : {1, 2}) CHECK(world.taken[socket].find(R"({"type":"stream-open","position":"epochepo-1",)") == 7);
  for (const StreamId id : {0, 1, 2}) CHECK(world.taken[id].ends_with("event|"));
  world.streams.drain();
  world.rounds(1);
  CHECK(world.taken[0].ends_with("retry: 500\n\n"));
  for (const StreamId socket : {1, 2}) CHECK(world.taken[socket].ends_with(websocket::encode_close(1012, "restart: come back and resume")));
  CHECK(world.closed == std::map<StreamId, Ending>{{0, Ending::kSaid}, {1, Ending::kSaid}, {2, Ending::kSaid}});
  CHECK(world.streams.drained());
}

TEST_CASE("a slow socket finishes the frame under way and is closed with 1013; a slow SSE stream is cut") {
  World world;
  world.open(0, Format::kSse);
  world.open(1, Format::kWebSocket);
  world.room = {{0, 5}, {1, 5}};
  world.publish(2, "first-frame");
  world.publish(3, std::string(60, 'b'));
  CHECK(world.watched == std::map<StreamId, bool>{{0, true}, {1, true}});
  world.publish(4, std::string(60, 'c'));
  world.publish(5, "after the farewell nothing may come");
  CHECK(world.closed == std::map<StreamId, Ending>{{0, Ending::kAborted}});
  CHECK(world.counters.slow_consumers.get() == 2);
  world.room[1] = 1000;
  world.streams.on_writable(1);
  world.streams.on_turn_end();
  CHECK(world.taken[1] == "first-frame" + websocket::encode_close(1013, "slow consumer: come back and resume"));
  CHECK(world.closed[1] == Ending::kSaid);
}

TEST_CASE("a slow socket that does not even read its farewell is cut") {
  World world;
  world.open(1, Format::kWebSocket);
  world.room[1] = 5;
  world.publish(2, std::string(50, 'a'));
  world.publish(3, std::string(90, 'b'));
  CHECK(world.counters.slow_consumers.get() == 1);
  CHECK(world.closed.empty());
  world.rounds(3);
  CHECK(world.closed == std::map<StreamId, Ending>{{1, Ending::kAborted}});
}

TEST_CASE("a frame that is under way and alone too large for the outbox cannot be finished") {
  World world;
  world.open(1, Format::kWebSocket);
  world.room[1] = 5;
  world.publish(2, std::string(kOutboxBytes + 6, 'a'));
  CHECK(world.closed == std::map<StreamId, Ending>{{1, Ending::kAborted}});
}

TEST_CASE("SSE is kept alive every 15 s, a socket has a heartbeat and a Ping every 30 s") {
  World world;
  world.open(0, Format::kSse);
  world.open(1, Format::kWebSocket);
  world.rounds(4);
  CHECK(count_of(world.taken[0], "event: keep-alive") == 4);
  CHECK(count_of(world.taken[1], R"({"type":"heartbeat","position":"epochepo-1")") == 2);
  CHECK(count_of(world.taken[1], std::string_view("\x89\x00", 2)) == 2);
}

TEST_CASE("a socket whose client says nothing for 300 s is closed; one that answers, and SSE, are not") {
  World world;
  world.open(0, Format::kSse);
  world.open(1, Format::kWebSocket);
  world.open(2, Format::kWebSocket);
  for (int round = 0; round < 22; ++round) {
    CHECK(world.closed.count(1) == (round > 20));
    world.rounds(1);
    world.streams.on_heard(2);
  }
  CHECK(world.closed == std::map<StreamId, Ending>{{1, Ending::kSaid}});
  CHECK(world.taken[1].ends_with(websocket::encode_close(1001, "nothing was heard for 300 s")));
  CHECK(world.counters.silent.get() == 1);
}

TEST_CASE("a stream that waits for the log is kept alive without a word that could be taken for an event") {
  World world;
  for (const Format format : {Format::kSse, Format::kWebSocket}) {
    const auto id = static_cast<StreamId>(format);
    world.room[id] = 1 << 20;
    world.streams.open(id, "c", format, "epochepo-999", "");
    world.taken[id].clear();
  }
  world.rounds(2);
  CHECK(world.taken[0] == ": catching up\n\n: catching up\n\n");
  CHECK(world.taken[1] == std::string_view("\x89\x00", 2));
}

TEST_CASE("when all outboxes together hold too much, the slowest consumers go and the others stay") {
  World world;
  for (StreamId id = 0; id < 4; ++id) world.open(id, Format::kWebSocket);
  CHECK_FALSE(world.streams.busy());
  world.room = {{0, 1}, {1, 1}, {2, 50}, {3, 1000}};  // 0 and 1 are behind by most
  world.publish(2, std::string(90, 'a'));
  world.clock.advance(Streams::kTick);
  world.streams.on_tick();
  world.streams.on_turn_end();
  CHECK(world.streams.busy());  // over half: nobody new
  CHECK(world.counters.unsent_bytes.get() == 89 + 89 + 40);
  CHECK(world.counters.slow_consumers.get() == 1);
  CHECK(world.streams.outbox_bytes(2) == 40);
  CHECK(world.streams.outbox_bytes(3) == 0);
  std::size_t unsent = 0;
  for (StreamId id = 0; id < 4; ++id) unsent += world.streams.outbox_bytes(id);
  CHECK(unsent <= 2 * kOutboxBytes);
}

TEST_CASE("when many wait to read the log, nobody new is let in until fewer do") {
  World world;
  for (StreamId id = 0; id < 4; ++id) {
    CHECK(world.streams.busy() == (id == 3));
    world.room[id] = 1 << 20;
    world.streams.open(id, "c", Format::kSse, "epochepo-0", "");
  }
  for (StreamId id = 0; id < 4; ++id) world.streams.on_peer_closed(id);
  world.streams.on_turn_end();
  CHECK_FALSE(world.streams.busy());
}

TEST_CASE("sockets hear that the log is away and back") {
  World world;
  world.open(0, Format::kSse);
  world.open(1, Format::kWebSocket);
  world.streams.on_log(LinkChange{Link::kDegraded});
  world.streams.on_log(LinkChange{Link::kLive});
  CHECK(world.taken[0] == ": degraded\n\n: live\n\n");
  CHECK(world.taken[1].find(R"({"type":"status","state":"degraded")") < world.taken[1].find(R"({"type":"status","state":"live")"));
}

TEST_CASE("what is told behind the last words is not sent, and last words end the stream when they have left") {
  World world;
  world.open(1, Format::kWebSocket);
  world.room[1] = 2;
  world.streams.end_with(1, "goodbye");
  world.streams.tell(1, "and one more thing");
  world.streams.on_turn_end();
  CHECK(world.closed.empty());
  world.room[1] = 100;
  world.streams.on_writable(1);
  world.streams.on_turn_end();
  CHECK(world.taken[1] == "goodbye");
  CHECK(world.closed == std::map<StreamId, Ending>{{1, Ending::kSaid}});
}
