#include "shared/nats/log_tail.hpp"

#include <doctest/doctest.h>

#include "tests/support/nats_bench.hpp"

namespace freshet::nats {
namespace {

using namespace std::chrono_literals;
using freshet::testing::NatsBench;
using freshet::testing::Published;

// A server with one consumer at a time, which sends what the test tells it to.
struct Bench : NatsBench {
  JetStream jetstream{client, random};
  std::vector<std::uint64_t> seen;
  std::vector<std::uint64_t> starts;  // opt_start_seq of every consumer made
  std::string inbox;
  std::uint64_t pending = 0;          // what a new consumer says
  std::uint64_t consumer_sequence = 0;

  Bench() : NatsBench(13) {
    server.on_publish = [this](const Published& message) {
      if (!message.subject.starts_with("$JS.API.CONSUMER.CREATE.LOG.tail-")) return;
      const auto request = parse_json_object(message.payload);
      const Json& config = request->at("config");
      starts.push_back(config.at("opt_start_seq").get<std::uint64_t>());
      inbox = config.at("deliver_subject").get<std::string>();
      consumer_sequence = 0;
      server.deliver(message.reply, R"({"stream_name":"LOG","num_pending":)" + std::to_string(pending) + "}");
    };
  }

  std::string id() { return server.subscription(inbox); }
  void send(std::uint64_t sequence, std::uint64_t left) {
    const std::string reply = "$JS.ACK.LOG.tail.1." + std::to_string(sequence) + '.' + std::to_string(++consumer_sequence) + ".1700000000000000000." + std::to_string(left);
    server.deliver_to(id(), "log.article.1", "{}", "NATS/1.0\r\nce-id: x\r\n\r\n", reply);
  }
  void heartbeat() {
    server.deliver_to(id(), inbox, "", "NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: " + std::to_string(consumer_sequence) + "\r\n\r\n");
  }
  // One turn of the owner's loop.
  void turn(LogTail& tail) {
    CHECK(tail.keep().ok());
    CHECK(client.poll(10ms).ok());
  }
  LogTail tail(std::uint64_t after) {
    return LogTail(jetstream, random, {}, StreamSequence{after}, [this](const TailMessage& message) { seen.push_back(message.sequence.value); });
  }
};

using Sequences = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a tail starts behind its position and is live when it has handed over what was there") {
  Bench bench;
  bench.pending = 2;
  LogTail tail = bench.tail(40);
  bench.turn(tail);
  CHECK(bench.starts == Sequences{41});
  CHECK_FALSE(tail.live());
  bench.send(41, 1);
  bench.turn(tail);
  CHECK_FALSE(tail.live());
  bench.send(45, 0);
  bench.turn(tail);
  CHECK(tail.live());
  CHECK(tail.position().value == 45);
  CHECK(bench.seen == Sequences{41, 45});
}

TEST_CASE("an empty stream is live at once") {
  Bench bench;
  LogTail tail = bench.tail(0);
  bench.turn(tail);
  CHECK(bench.starts == Sequences{1});
  CHECK(tail.live());
}

TEST_CASE("a message of the stream tells subject, time, headers and payload") {
  Bench bench;
  TailMessage copy;
  std::string header;
  LogTail tail(bench.jetstream, bench.random, {}, StreamSequence{0}, [&](const TailMessage& message) {
    copy = message;
    header = message.headers.find("ce-id").value_or("");
  });
  bench.turn(tail);
  bench.send(3, 0);
  bench.turn(tail);
  CHECK(copy.sequence.value == 3);
  CHECK(copy.time == WallTime(1'700'000'000'000ms));
  CHECK(header == "x");
}

TEST_CASE("a message lost on the way is fetched by a new consumer, and nothing is handed over twice") {
  Bench bench;
  LogTail tail = bench.tail(0);
  bench.turn(tail);
  bench.send(1, 0);
  ++bench.consumer_sequence;  // the message with stream sequence 2 never arrives
  bench.send(3, 0);
  bench.turn(tail);
  CHECK(bench.seen == Sequences{1});
  CHECK_FALSE(tail.live());
  const std::string lost = bench.id();
  bench.turn(tail);
  CHECK(bench.starts == Sequences{1, 2});
  bench.server.deliver_to(lost, "log.article.1", "{}", "NATS/1.0\r\n\r\n", "$JS.ACK.LOG.tail.1.4.4.1.0");  // of the old consumer, late
  bench.send(2, 1);
  bench.send(3, 0);
  bench.turn(tail);
  CHECK(bench.seen == Sequences{1, 2, 3});
  CHECK(tail.live());
}

TEST_CASE("a heartbeat that counts more than was heard starts again") {
  Bench bench;
  LogTail tail = bench.tail(0);
  bench.turn(tail);
  bench.send(1, 0);
  bench.heartbeat();
  bench.turn(tail);
  CHECK(tail.live());
  ++bench.consumer_sequence;
  bench.heartbeat();
  bench.turn(tail);
  CHECK_FALSE(tail.live());
  bench.turn(tail);
  CHECK(bench.starts == Sequences{1, 2});
}

TEST_CASE("silence is noticed by missing heartbeats") {
  Bench bench;
  LogTail tail = bench.tail(0);
  bench.turn(tail);
  bench.clock.advance(5s);
  bench.turn(tail);
  CHECK(bench.starts.size() == 1);
  bench.clock.advance(2s);
  bench.turn(tail);
  CHECK(bench.starts.size() == 2);
}

TEST_CASE("an owner that was away for long reads what waits before it judges") {
  Bench bench;
  LogTail tail = bench.tail(0);
  bench.turn(tail);
  bench.clock.advance(60s);
  bench.heartbeat();
  bench.turn(tail);
  CHECK(bench.starts.size() == 1);
}

TEST_CASE("flow control is answered, behind everything that came before it") {
  Bench bench;
  LogTail tail = bench.tail(0);
  bench.turn(tail);
  bench.send(1, 0);
  bench.server.deliver_to(bench.id(), bench.inbox, "", "NATS/1.0 100 FlowControl Request\r\n\r\n", "$JS.FC.LOG.tail.abc");
  bench.turn(tail);
  CHECK(bench.seen == Sequences{1});
  CHECK(bench.server.published.back().subject == "$JS.FC.LOG.tail.abc");
}

TEST_CASE("a new connection means a new consumer behind the last message") {
  Bench bench;
  LogTail tail = bench.tail(0);
  bench.turn(tail);
  bench.send(1, 0);
  bench.turn(tail);
  bench.server.dead = true;
  CHECK_FALSE(bench.client.poll(10ms).ok());
  CHECK_FALSE(bench.client.connected());
  CHECK_FALSE(tail.live());
  bench.turn(tail);
  CHECK(bench.server.connects == 2);
  CHECK(bench.starts == Sequences{1, 2});
  CHECK(tail.live());
}

TEST_CASE("a consumer that the server ends is replaced") {
  Bench bench;
  LogTail tail = bench.tail(0);
  bench.turn(tail);
  bench.server.deliver_to(bench.id(), bench.inbox, "", "NATS/1.0 409 Consumer Deleted\r\n\r\n");
  bench.turn(tail);
  bench.turn(tail);
  CHECK(bench.starts.size() == 2);
}

TEST_CASE("a server that is away is asked again, but not all the time") {
  Bench bench;
  bench.server.refuses = true;
  LogTail tail = bench.tail(0);
  CHECK_FALSE(tail.keep().ok());
  bench.server.refuses = false;
  CHECK_FALSE(tail.keep().ok());
  bench.clock.advance(250ms);
  CHECK(tail.keep().ok());
}

TEST_CASE("the place in a batch is read from the headers") {
  const BatchPlace alone = batch_place(HeaderView("NATS/1.0\r\nce-id: x\r\n\r\n"));
  CHECK(alone.id.empty());
  CHECK(alone.commit);
  const BatchPlace inside = batch_place(HeaderView("NATS/1.0\r\nNats-Batch-Id: b\r\nNats-Batch-Sequence: 2\r\n\r\n"));
  CHECK(inside.id == "b");
  CHECK(inside.sequence == 2);
  CHECK_FALSE(inside.commit);
  CHECK(batch_place(HeaderView("NATS/1.0\r\nNats-Batch-Id: b\r\nNats-Batch-Sequence: 3\r\nNats-Batch-Commit: 1\r\n\r\n")).commit);
}

}  // namespace freshet::nats
