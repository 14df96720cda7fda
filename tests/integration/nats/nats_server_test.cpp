// What shared/nats believes of nats-server, asked of a real one.
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "shared/nats/log_tail.hpp"
#include "shared/nats/server.hpp"
#include "shared/subject.hpp"
#include "tests/integration/nats/nats_server.hpp"

namespace freshet::nats {
namespace {

using namespace std::chrono_literals;
using freshet::testing::NatsServer;
using freshet::testing::Peer;

Json log_config() {
  Json config = Json::object();
  config["name"] = kLogStream;
  config["subjects"] = Json::array({"log.>"});
  config["storage"] = "file";
  config["discard"] = "new";
  config["allow_direct"] = true;
  config["allow_atomic"] = true;
  config["allow_msg_ttl"] = true;
  config["duplicate_window"] = std::chrono::nanoseconds(1h).count();
  return config;
}

struct Site {
  NatsServer server;
  Peer operator_{server, "operator"};
  JetStream& log = operator_.jetstream;

  Site() { REQUIRE(log.ensure_stream(log_config()).ok()); }
};

Append message(std::string subject, std::string payload = "{}") {
  Append append;
  append.subject = std::move(subject);
  append.payload = std::move(payload);
  return append;
}

Append expecting(std::string subject, std::uint64_t sequence) {
  Append append = message(std::move(subject));
  append.expected = StreamSequence{sequence};
  return append;
}

std::uint64_t last_of(JetStream& log) { return log.stream_info(kLogStream).value()->last.value; }

void fill(JetStream& log, std::size_t count, std::size_t payload_bytes = 100) {
  std::vector<Append> batch;
  for (std::size_t i = 0; i < count; ++i) {
    batch.push_back(message("log.article." + std::to_string(i % 97), std::string(payload_bytes, 'x')));
    if (batch.size() == 500 || i + 1 == count) {
      REQUIRE(log.append_batch(batch).ok());
      batch.clear();
    }
  }
}

// Follows until live, within five seconds.
void follow(LogTail& tail, Client& client, const Clock& clock) {
  const auto deadline = clock.steady() + 5s;
  while (!tail.live() && clock.steady() < deadline) {
    static_cast<void>(tail.keep());
    static_cast<void>(client.poll(20ms));
  }
  REQUIRE(tail.live());
}

}  // namespace

TEST_CASE("the shipped configuration syncs, and the server says so") {
  Site site;
  const auto facts = server_facts(site.operator_.client, 2s);
  REQUIRE(facts.ok());
  CHECK(facts->sync_always);
  CHECK(accept_server(*facts).ok());
  ServerFacts old = *facts;
  old.numbers = {2, 11, 99};
  CHECK_FALSE(accept_server(old).ok());
  ServerFacts lazy = *facts;
  lazy.sync_always = false;
  CHECK_FALSE(accept_server(lazy).ok());
}

TEST_CASE("an expected sequence lets one writer through") {
  Site site;
  const auto first = site.log.append(expecting("log.article.a", 0));
  REQUIRE(first.ok());
  CHECK(site.log.append(expecting("log.article.a", 0)).error().code == Errc::kConflict);
  CHECK(site.log.append(expecting("log.article.a", first->sequence.value)).ok());
  CHECK(last_of(site.log) == 2);
}

TEST_CASE("a repeated id is acknowledged as the original and stored once") {
  Site site;
  Append append = message("log.chat.a.b.message");
  append.message_id = "user:key";
  const auto first = site.log.append(append);
  const auto again = site.log.append(append);
  REQUIRE(first.ok());
  REQUIRE(again.ok());
  CHECK_FALSE(first->duplicate);
  CHECK(again->duplicate);
  CHECK(again->sequence == first->sequence);
  CHECK(last_of(site.log) == 1);
}

TEST_CASE("a batch is stored whole, in order, or not at all") {
  Site site;
  const Append good[] = {expecting("log.slug.article.x", 0), message("log.article.1"), message("log.request.u.h")};
  const auto ack = site.log.append_batch(good);
  REQUIRE(ack.ok());
  CHECK(ack->sequence.value == 3);
  const Append taken[] = {message("log.article.2"), expecting("log.slug.article.x", 0), message("log.article.3")};
  CHECK(site.log.append_batch(taken).error().code == Errc::kConflict);
  const Append moved[] = {expecting("log.article.1", 1), message("log.article.9")};
  CHECK(site.log.append_batch(moved).error().code == Errc::kConflict);
  CHECK(last_of(site.log) == 3);
  const auto stored = site.log.get(kLogStream, StreamSequence{3});
  REQUIRE(stored.ok());
  CHECK((*stored)->subject == "log.request.u.h");
  CHECK(find_header((*stored)->headers, "Nats-Batch-Commit") != nullptr);
}

TEST_CASE("a batch of 1000 messages fits, one more does not") {
  Site site;
  std::vector<Append> batch;
  for (std::size_t i = 0; i < kBatchMessagesMax; ++i) batch.push_back(message("log.article." + std::to_string(i)));
  CHECK(site.log.append_batch(batch).ok());
  batch.push_back(message("log.article.x"));
  CHECK(site.log.append_batch(batch).error().code == Errc::kPayloadTooLarge);
  CHECK(last_of(site.log) == kBatchMessagesMax);
}

TEST_CASE("batches left open by others are waited for, then told as unavailable") {
  Site site;
  for (int i = 0; i < 50; ++i) {
    const HeaderList headers{{"Nats-Batch-Id", "open" + std::to_string(i)}, {"Nats-Batch-Sequence", "1"}};
    REQUIRE(site.operator_.client.request("log.article.open", headers, "{}", 2s, Repeat::kNever).ok());
  }
  const Append batch[] = {message("log.article.1"), message("log.article.2")};
  const auto ack = site.log.append_batch(batch);
  REQUIRE_FALSE(ack.ok());
  CHECK(ack.error().code == Errc::kUnavailable);
  CHECK(ack.error().effect == Effect::kNone);
}

TEST_CASE("two writers race for a name a hundred times, and each time one wins") {
  Site site;
  Peer other(site.server, "functions");
  for (int round = 0; round < 100; ++round) {
    const std::string name = "log.slug.article.race" + std::to_string(round);
    const Append batch[] = {expecting(name, 0), message("log.article.race" + std::to_string(round))};
    bool theirs = false;
    std::thread writer([&] { theirs = other.jetstream.append_batch(batch).ok(); });
    const bool mine = site.log.append_batch(batch).ok();
    writer.join();
    CHECK(mine != theirs);
  }
  CHECK(last_of(site.log) == 200);
}

TEST_CASE("direct gets: by subject, by sequence, several at once, by filter, by page") {
  Site site;
  fill(site.log, 300);
  CHECK(site.log.last(kLogStream, "log.article.5").value()->sequence.value == 297);
  CHECK_FALSE(site.log.last(kLogStream, "log.article.none").value());
  CHECK_FALSE(site.log.get(kLogStream, StreamSequence{301}).value());
  const std::string subjects[] = {"log.article.0", "log.article.none", "log.article.1"};
  const auto each = site.log.last_each(kLogStream, subjects);
  REQUIRE(each.ok());
  CHECK((*each)[0]->sequence.value == 292);
  CHECK_FALSE((*each)[1]);
  CHECK((*each)[2]->sequence.value == 293);
  CHECK(site.log.last_matching(kLogStream, "log.article.*").value().size() == 97);
  CHECK(site.log.last_matching(kLogStream, "log.none.*").value().empty());
  const auto page = site.log.range(kLogStream, "log.article.3", StreamSequence{2}, 2);
  REQUIRE(page.ok());
  REQUIRE(page->messages.size() == 2);
  CHECK(page->messages[0].sequence.value == 4);
  CHECK(page->messages[1].sequence.value == 101);
  CHECK(page->pending == 2);
  CHECK(site.log.range(kLogStream, {}, StreamSequence{301}, 10).value().messages.empty());
}

TEST_CASE("a counter adds up, and counts a repeated id once") {
  Site site;
  Json config = Json::object();
  config["name"] = kStatsStream;
  config["subjects"] = Json::array({"stats.>"});
  config["allow_msg_counter"] = true;
  config["allow_direct"] = true;
  REQUIRE(site.log.ensure_stream(config).ok());
  Append view = message("stats.article.1.views", "");
  view.increment = 1;
  CHECK(site.log.append(view)->value == "1");
  view.message_id = "visitor:1";
  CHECK(site.log.append(view)->value == "2");
  CHECK(site.log.append(view)->duplicate);
  view.message_id.clear();
  view.increment = -2;
  CHECK(site.log.append(view)->value == "0");
}

TEST_CASE("a message with a time to live disappears") {
  Site site;
  Append append = message("log.request.u.h");
  append.ttl = 1s;
  REQUIRE(site.log.append(append).ok());
  REQUIRE(site.log.last(kLogStream, append.subject).value());
  site.operator_.client.pause(2500ms);
  CHECK_FALSE(site.log.last(kLogStream, append.subject).value());
}

TEST_CASE("a key of a bucket is created by one") {
  Site site;
  REQUIRE(site.log.ensure_stream(kv_config("tickets", 0s)).ok());
  Append ticket = expecting(kv_subject("tickets", "jti"), 0);
  ticket.ttl = 60s;
  CHECK(site.log.append(ticket).ok());
  CHECK(site.log.append(ticket).error().code == Errc::kConflict);
}

TEST_CASE("a tail hands over twenty thousand events in order, then what comes, through a server that is killed") {
  Site site;
  fill(site.log, 20'000);
  Peer store(site.server, "store");
  std::vector<std::uint64_t> seen;
  LogTail tail(store.jetstream, store.random, {}, StreamSequence{0}, [&](const TailMessage& message) { seen.push_back(message.sequence.value); });
  follow(tail, store.client, store.clock);
  CHECK(seen.size() == 20'000);
  site.server.stop();
  CHECK_FALSE(store.client.poll(100ms).ok());
  CHECK_FALSE(tail.live());
  site.server.start();
  fill(site.log, 10);
  follow(tail, store.client, store.clock);
  const auto deadline = store.clock.steady() + 5s;
  while (seen.size() < 20'010 && store.clock.steady() < deadline) REQUIRE(store.client.poll(20ms).ok());
  REQUIRE(seen.size() == 20'010);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] != i + 1) FAIL("event ", i + 1, " came as ", seen[i]);
  }
}

TEST_CASE("a filtered tail hands over its subjects only, and starts behind its position") {
  Site site;
  fill(site.log, 400);
  Peer store(site.server, "store");
  TailOptions options;
  options.filter = "log.article.7";
  std::vector<std::uint64_t> seen;
  LogTail tail(store.jetstream, store.random, options, StreamSequence{8}, [&](const TailMessage& message) {
    CHECK(message.subject == "log.article.7");
    seen.push_back(message.sequence.value);
  });
  follow(tail, store.client, store.clock);
  CHECK(seen == std::vector<std::uint64_t>{105, 202, 299, 396});
}

TEST_CASE("an idle connection to a restarted server is replaced before the next write, and the write is stored once") {
  Site site;
  REQUIRE(site.log.append(message("log.article.1")).ok());
  site.server.stop();
  site.server.start();
  CHECK_FALSE(site.operator_.client.fresh());
  REQUIRE(site.log.append(message("log.article.2")).ok());
  CHECK(last_of(site.log) == 2);
  CHECK(site.operator_.client.generation() == 2);
}

TEST_CASE("while the server is away a write fails at once, and nothing can have been done") {
  Site site;
  REQUIRE(site.log.append(message("log.article.1")).ok());
  site.server.stop();
  const auto ack = site.log.append(message("log.article.2"));
  REQUIRE_FALSE(ack.ok());
  CHECK(ack.error().code == Errc::kUnavailable);
  CHECK(ack.error().effect == Effect::kNone);
  site.server.start();
}

TEST_CASE("roles: nobody hears another's answers, and only those who may write the log do") {
  Site site;
  ClientOptions options = site.server.options("functions");
  options.inbox_prefix = "_INBOX_store";
  SystemClock clock;
  SystemRandom random;
  PosixTransport transport(clock);
  Client spy(transport, clock, random, options);
  const auto heard = spy.request("$JS.API.DIRECT.GET.LOG.log.article.1", {}, {}, 2s, Repeat::kNever);
  REQUIRE_FALSE(heard.ok());
  CHECK(heard.error().code == Errc::kInternal);
  for (const char* role : {"store", "broker"}) {
    CAPTURE(role);
    Peer reader(site.server, role);
    CHECK(reader.jetstream.append(message("log.article.1")).error().code == Errc::kInternal);
  }
  Peer functions(site.server, "functions");
  CHECK(functions.jetstream.append(message("log.article.1")).ok());
  CHECK(functions.jetstream.delete_stream(kLogStream).error().code == Errc::kInternal);
  CHECK(last_of(site.log) == 1);
}

TEST_CASE("a wrong password is told plainly") {
  Site site;
  ClientOptions options = site.server.options("operator");
  options.server.credentials.password = "wrong";
  SystemClock clock;
  SystemRandom random;
  PosixTransport transport(clock);
  Client client(transport, clock, random, options);
  const auto connected = client.connect();
  REQUIRE_FALSE(connected.ok());
  CHECK(connected.error().detail.find("Authorization Violation") != std::string::npos);
}

}  // namespace freshet::nats
