#include "broker/fanout/fanout.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "broker/fanout/ring.hpp"
#include "tests/support/manual_clock.hpp"

using namespace freshet;
using namespace freshet::broker;

namespace {

struct Recorder final : Delivery {
  std::map<SubscriberId, std::vector<std::string>> batches;
  void deliver(std::span<const SubscriberId> subscribers, const Batch& batch) override {
    for (const SubscriberId subscriber : subscribers) take(subscriber, batch);
  }
  void take(SubscriberId subscriber, const Batch& batch) {
    std::string text;
    std::size_t bytes = 0;
    for (const iovec& piece : batch.pieces) {
      text.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
      bytes += piece.iov_len;
    }
    CHECK(bytes == batch.bytes);
    CHECK(batch.frames.size() == batch.pieces.size());
    batches[subscriber].push_back(text);
  }
};

LogEventPtr event_at(std::uint64_t sequence, std::string_view channel, std::string bytes) {
  LogEvent event;
  event.sequence = StreamSequence{sequence};
  event.bytes = bytes.size();
  event.channels.push_back({channel, {make_frame(std::move(bytes)), nullptr, nullptr}});
  return std::make_shared<const LogEvent>(std::move(event));
}

std::string behind(const Ring& ring, std::uint64_t after, std::string_view channel, Format format = Format::kSse) {
  std::string out;
  ring.each_behind(StreamSequence{after}, channel, format, [&](StreamSequence, const Frame& frame) {
    out += *frame;
    return true;
  });
  return out;
}

}  // namespace

TEST_CASE("a subscriber gets all frames of a turn in one batch") {
  Fanout fanout;
  Recorder got;
  fanout.subscribe(1, "a");
  fanout.publish("a", make_frame("x"));
  fanout.publish("b", make_frame("y"));
  fanout.publish("a", make_frame("z"));
  fanout.flush(got);
  fanout.flush(got);
  CHECK(got.batches == std::map<SubscriberId, std::vector<std::string>>{{1, {"xz"}}});
}

TEST_CASE("a subscriber of several channels gets them in order of publication, in one batch") {
  Fanout fanout;
  Recorder got;
  fanout.subscribe(1, "a");
  fanout.subscribe(1, "b");
  fanout.subscribe(2, "b");
  fanout.publish("b", make_frame("1"));
  fanout.publish("a", make_frame("2"));
  fanout.publish("b", make_frame("3"));
  fanout.flush(got);
  CHECK(got.batches == std::map<SubscriberId, std::vector<std::string>>{{1, {"123"}}, {2, {"13"}}});
}

TEST_CASE("a channel that lost its last subscriber in the middle of a turn delivers nothing, also not under its number's next name") {
  Fanout fanout;
  Recorder got;
  fanout.subscribe(1, "a");
  fanout.publish("a", make_frame("old"));
  fanout.unsubscribe(1);
  CHECK(fanout.channel_count() == 0);
  fanout.subscribe(1, "b");
  fanout.subscribe(1, "c");
  fanout.publish("b", make_frame("new"));
  fanout.flush(got);
  CHECK(got.batches == std::map<SubscriberId, std::vector<std::string>>{{1, {"new"}}});
}

TEST_CASE("fan-out does what a list of pairs does, whatever the operations") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    testing::SeededRandom random(seed);
    Fanout fanout;
    std::map<SubscriberId, std::vector<std::string>> follows;
    std::vector<std::pair<std::string, std::string>> turn;
    for (int step = 0; step < 300; ++step) {
      const auto subscriber = static_cast<SubscriberId>(random.below(8));
      const std::string channel(1, static_cast<char>('a' + random.below(5)));
      switch (random.below(6)) {
        case 0:
        case 1:
          if (!turn.empty()) break;  // callers flush before
          fanout.subscribe(subscriber, channel);
          if (std::count(follows[subscriber].begin(), follows[subscriber].end(), channel) == 0) follows[subscriber].push_back(channel);
          break;
        case 2:
          fanout.unsubscribe(subscriber);
          follows.erase(subscriber);
          break;
        case 3:
        case 4: {
          const std::string bytes = std::to_string(step) + ";";
          fanout.publish(channel, make_frame(bytes));
          turn.emplace_back(channel, bytes);
          break;
        }
        default: {
          Recorder got;
          fanout.flush(got);
          std::map<SubscriberId, std::vector<std::string>> expected;
          for (const auto& [who, channels] : follows) {
            std::string all;
            for (const auto& [name, bytes] : turn) {
              if (std::count(channels.begin(), channels.end(), name) > 0) all += bytes;
            }
            if (!all.empty()) expected[who].push_back(all);
          }
          REQUIRE(got.batches == expected);
          turn.clear();
        }
      }
      std::map<std::string, std::size_t> counts;
      for (const auto& [who, channels] : follows) {
        for (const auto& name : channels) ++counts[name];
      }
      REQUIRE(fanout.channel_count() == counts.size());
      for (const auto& [name, count] : counts) REQUIRE(fanout.subscriber_count(name) == count);
    }
  }
}

TEST_CASE("a ring gives what lies behind a position, and knows what it has let go") {
  Ring ring(RingLimits{1000, 3, std::chrono::seconds(60)});
  const SteadyTime now{};
  ring.restart(StreamSequence{10});
  CHECK(ring.covers(StreamSequence{10}));
  CHECK_FALSE(ring.covers(StreamSequence{9}));
  CHECK_FALSE(ring.covers(StreamSequence{11}));
  ring.add(event_at(12, "a", "1"), now);
  ring.add(event_at(13, "b", "2"), now);
  ring.add(event_at(15, "a", "3"), now);
  ring.advance(StreamSequence{20});
  CHECK(behind(ring, 10, "a") == "13");
  CHECK(behind(ring, 12, "a") == "3");
  CHECK(behind(ring, 15, "a") == "");
  CHECK(behind(ring, 20, "a") == "");
  ring.add(event_at(21, "a", "4"), now);
  CHECK(ring.floor() == StreamSequence{12});
  CHECK_FALSE(ring.covers(StreamSequence{11}));
  CHECK(behind(ring, 12, "a") == "34");
}

TEST_CASE("a ring keeps its bounds of bytes, events and age") {
  Ring ring(RingLimits{10, 100, std::chrono::seconds(60)});
  SteadyTime now{};
  ring.restart(StreamSequence{0});
  ring.add(event_at(1, "a", "12345"), now);
  ring.add(event_at(2, "a", "67890"), now);
  CHECK(ring.bytes_now() == 10);
  ring.add(event_at(3, "a", "x"), now);
  CHECK(ring.bytes_now() == 6);
  ring.add(event_at(4, "a", std::string(50, 'y')), now);
  CHECK(ring.events_now() == 1);  // the newest stays, however large
  CHECK(ring.floor() == StreamSequence{3});
  now += std::chrono::seconds(61);
  ring.expire(now);
  CHECK(ring.events_now() == 0);
  CHECK(ring.bytes_now() == 0);
  CHECK(ring.covers(StreamSequence{4}));
  CHECK_FALSE(ring.covers(StreamSequence{3}));
}

TEST_CASE("a ring gives each stream the frames of its format, and nothing where an event has none") {
  Ring ring(RingLimits{});
  ring.restart(StreamSequence{0});
  LogEvent event;
  event.sequence = StreamSequence{1};
  event.channels.push_back({"a", {make_frame("sse"), make_frame("socket"), nullptr}});
  ring.add(std::make_shared<const LogEvent>(std::move(event)), {});
  CHECK(behind(ring, 0, "a", Format::kSse) == "sse");
  CHECK(behind(ring, 0, "a", Format::kWebSocket) == "socket");
  CHECK(behind(ring, 0, "a", Format::kWebSocketDeflated) == "");
}
