#include "shared/nats/client.hpp"

#include <doctest/doctest.h>

#include "tests/support/nats_bench.hpp"

namespace freshet::nats {
namespace {

using namespace std::chrono_literals;
using freshet::testing::NatsBench;
using freshet::testing::Published;

ClientOptions options() {
  ClientOptions options;
  options.inbox_prefix = "_INBOX_test";
  options.server.credentials = {"user", "password"};
  return options;
}

struct Bench : NatsBench {
  Bench() : NatsBench(7, options()) {}

  Result<Message> ask(std::string_view subject, Repeat repeat = Repeat::kNever) { return client.request(subject, {}, "question", 500ms, repeat); }
  void echo() {
    server.on_publish = [this](const Published& message) {
      if (!message.reply.empty()) server.deliver(message.reply, message.subject + '=' + message.payload);
    };
  }
};

}  // namespace

TEST_CASE("handshake, subscription to the inbox and first request leave in one write") {
  Bench bench;
  bench.echo();
  const auto answer = bench.ask("a");
  REQUIRE(answer.ok());
  CHECK(answer->payload == "a=question");
  REQUIRE(bench.server.writes.size() == 1);
  CHECK(bench.server.writes[0].starts_with("CONNECT {"));
  CHECK(bench.server.writes[0].find("\r\nSUB _INBOX_test.") != std::string::npos);
  CHECK(bench.server.writes[0].find("\r\nPUB a _INBOX_test.") != std::string::npos);
}

TEST_CASE("every connection has an inbox of its own that cannot be guessed") {
  Bench bench;
  bench.echo();
  REQUIRE(bench.ask("a").ok());
  bench.server.dead = true;
  REQUIRE(bench.ask("a").ok());
  const auto& published = bench.server.published;
  REQUIRE(published.size() == 2);
  const auto inbox = [](const Published& message) { return message.reply.substr(0, message.reply.rfind('.')); };
  CHECK(inbox(published[0]) != inbox(published[1]));
  CHECK(inbox(published[0]).size() == std::string_view("_INBOX_test.").size() + 22);
}

TEST_CASE("an answer to another request is never taken for one's own") {
  Bench bench;
  std::string late;
  bench.server.on_publish = [&](const Published& message) { late = message.reply; };
  REQUIRE_FALSE(bench.ask("slow").ok());  // nobody answered in time
  bench.server.on_publish = [&](const Published& message) {
    const std::string inbox = message.reply.substr(0, message.reply.rfind('.'));
    bench.server.deliver(late, "late answer of the first");
    bench.server.deliver(inbox + ".999", "a guess");
    bench.server.deliver(inbox + ".x", "no number");
    bench.server.deliver(message.reply, "mine");
  };
  const auto answer = bench.ask("quick");
  REQUIRE(answer.ok());
  CHECK(answer->payload == "mine");
}

TEST_CASE("nobody listening is told at once and leaves nothing open") {
  Bench bench;
  bench.server.on_publish = [&](const Published& message) { bench.server.deliver_block(message.reply, "", "NATS/1.0 503\r\n\r\n"); };
  const auto before = bench.clock.steady();
  const auto answer = bench.ask("a");
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == Errc::kUnavailable);
  CHECK(answer.error().effect == Effect::kNone);
  CHECK(bench.clock.steady() == before);
}

TEST_CASE("a timeout says that the request may have been acted on") {
  Bench bench;
  const auto before = bench.clock.steady();
  const auto answer = bench.ask("a");
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == Errc::kUnavailable);
  CHECK(answer.error().effect == Effect::kUnknown);
  CHECK(bench.clock.steady() - before == 500ms);
}

TEST_CASE("a connection found dead is replaced before anything is sent") {
  Bench bench;
  bench.echo();
  REQUIRE(bench.ask("a").ok());
  bench.server.dead = true;
  REQUIRE(bench.ask("b").ok());
  CHECK(bench.server.connects == 2);
  CHECK(bench.client.generation() == 2);
  CHECK(bench.server.published.size() == 2);
}

TEST_CASE("a connection that breaks under a request") {
  Bench bench;
  int asked = 0;
  bench.server.on_publish = [&](const Published& message) {
    if (++asked == 1) {
      bench.server.dead = true;
    } else {
      bench.server.deliver(message.reply, "done");
    }
  };
  SUBCASE("is not asked twice when asking twice could do harm") {
    const auto answer = bench.ask("a", Repeat::kNever);
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().effect == Effect::kUnknown);
    CHECK(asked == 1);
  }
  SUBCASE("is asked once more when that is safe") {
    const auto answer = bench.ask("a", Repeat::kSafe);
    REQUIRE(answer.ok());
    CHECK(asked == 2);
  }
}

TEST_CASE("a server that refuses the password has acted on nothing") {
  Bench bench;
  bench.server.on_publish = [&](const Published&) {
    bench.server.raw("-ERR 'Authorization Violation'\r\n");
    bench.server.dead = true;
  };
  const auto answer = bench.ask("a");
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == Errc::kUnavailable);
  CHECK(answer.error().effect == Effect::kNone);
  CHECK(answer.error().detail.find("Authorization Violation") != std::string::npos);
  bench.server.refuses = true;
  const auto refused = bench.ask("a");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().effect == Effect::kNone);
}

TEST_CASE("a subject that is not allowed fails its request at once, and no other") {
  Bench bench;
  bench.server.on_publish = [&](const Published& message) {
    if (message.subject == "secret") bench.server.raw("-ERR 'Permissions Violation for Publish to \"secret\"'\r\n");
    if (message.subject == "open") bench.server.deliver(message.reply, "fine");
  };
  const Request requests[] = {{"secret", nullptr, {}}, {"open", nullptr, {}}};
  const auto before = bench.clock.steady();
  const auto answers = bench.client.request_all(requests, 500ms, Repeat::kNever);
  REQUIRE_FALSE(answers[0].ok());
  CHECK(answers[0].error().code == Errc::kInternal);
  CHECK(answers[1].ok());
  CHECK(bench.clock.steady() == before);
}

TEST_CASE("several requests travel in one write and their answers find them in any order") {
  Bench bench;
  std::vector<Published> asked;
  bench.server.on_publish = [&](const Published& message) {
    asked.push_back(message);
    if (asked.size() < 3) return;
    for (const int i : {2, 0, 1}) bench.server.deliver(asked[static_cast<std::size_t>(i)].reply, asked[static_cast<std::size_t>(i)].subject);
  };
  const Request requests[] = {{"a", nullptr, {}}, {"b", nullptr, {}}, {"c", nullptr, {}}};
  const auto answers = bench.client.request_all(requests, 500ms, Repeat::kNever);
  CHECK(bench.server.writes.size() == 1);
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].value().payload == "a");
  CHECK(answers[1].value().payload == "b");
  CHECK(answers[2].value().payload == "c");
}

TEST_CASE("answers cut into single bytes are the same answers") {
  Bench bench;
  bench.echo();
  bench.server.piece = 1;
  const auto answer = bench.ask("a");
  REQUIRE(answer.ok());
  CHECK(answer->payload == "a=question");
}

TEST_CASE("an instance is fresh while its connection is open and everything sent has been handled") {
  Bench bench;
  bench.echo();
  std::vector<std::string> heard;
  REQUIRE(bench.client.subscribe("live.>", {}, [&](const MessageView& message) { heard.emplace_back(message.subject); }).ok());
  CHECK_FALSE(bench.client.fresh());  // no connection yet
  REQUIRE(bench.ask("a").ok());
  CHECK(bench.client.fresh());
  bench.server.deliver("live.invalidate.article.1", "");
  CHECK(bench.client.fresh());
  CHECK(heard == std::vector<std::string>{"live.invalidate.article.1"});
  bench.server.raw("MSG live.invalidate.article.2 2 4\r\nha");
  CHECK_FALSE(bench.client.fresh());  // half of a message: what it will say is not known
  bench.server.raw("lf\r\n");
  CHECK(bench.client.fresh());
  CHECK(heard.size() == 2);
  bench.server.dead = true;
  CHECK_FALSE(bench.client.fresh());
  CHECK_FALSE(bench.client.fresh());
  CHECK(bench.server.connects == 1);
}

TEST_CASE("subscriptions are made again on a new connection") {
  Bench bench;
  bench.echo();
  std::vector<std::string> heard;
  REQUIRE(bench.client.subscribe("live.>", {}, [&](const MessageView& message) { heard.emplace_back(message.payload); }).ok());
  REQUIRE(bench.ask("a").ok());
  bench.server.dead = true;
  REQUIRE(bench.ask("a").ok());
  bench.server.deliver("live.x", "after");
  CHECK(bench.client.fresh());
  CHECK(heard == std::vector<std::string>{"after"});
}

TEST_CASE("a single PONG waits for company, a second one leaves alone") {
  Bench bench;
  bench.echo();
  REQUIRE(bench.ask("a").ok());
  bench.server.raw("PING\r\n");
  CHECK(bench.client.fresh());
  CHECK(bench.server.writes.size() == 1);
  SUBCASE("it goes with the next request") {
    REQUIRE(bench.ask("b").ok());
    REQUIRE(bench.server.writes.size() == 2);
    CHECK(bench.server.writes[1].starts_with("PONG\r\nPUB b "));
  }
  SUBCASE("two are sent") {
    bench.server.raw("PING\r\n");
    CHECK(bench.client.fresh());
    REQUIRE(bench.server.writes.size() == 2);
    CHECK(bench.server.writes[1] == "PONG\r\nPONG\r\n");
  }
}

TEST_CASE("a handler that answers has its answers written together, after everything read was handled") {
  Bench bench;
  REQUIRE(bench.client.connect().ok());
  REQUIRE(bench.client.subscribe("store.query.*", "store", [&](const MessageView& message) {
    CHECK(bench.client.publish(message.reply, {}, {{"Freshet-Status", "200"}}, message.payload).ok());
  }).ok());
  REQUIRE(bench.client.flush().ok());
  const std::size_t before = bench.server.writes.size();
  for (const char* reply : {"r.1", "r.2", "r.3"}) bench.server.deliver("store.query.x", "body", {}, reply);
  const auto handled = bench.client.poll(100ms);
  REQUIRE(handled.ok());
  CHECK(*handled == 3);
  CHECK(bench.server.writes.size() == before + 1);
  CHECK(bench.server.published.size() == 3);
}

TEST_CASE("a handler may end its own subscription") {
  Bench bench;
  REQUIRE(bench.client.connect().ok());
  int heard = 0;
  SubscriptionId id = 0;
  const auto subscribed = bench.client.subscribe("a", {}, [&](const MessageView&) {
    ++heard;
    bench.client.unsubscribe(id);
  });
  REQUIRE(subscribed.ok());
  id = *subscribed;
  REQUIRE(bench.client.flush().ok());
  bench.server.deliver("a", "1");
  bench.server.deliver("a", "2");
  REQUIRE(bench.client.poll(10ms).ok());
  CHECK(heard == 1);
  CHECK(bench.server.subscription("a").empty());
}

TEST_CASE("poll paces itself while the server is away") {
  Bench bench;
  bench.server.refuses = true;
  const auto before = bench.clock.steady();
  CHECK_FALSE(bench.client.poll(200ms).ok());
  CHECK(bench.clock.steady() - before == 200ms);
}

TEST_CASE("a message over the limit is refused before it is sent") {
  Bench bench;
  const auto answer = bench.client.request("a", {}, std::string(4 * 1024 * 1024 + 1, 'x'), 500ms, Repeat::kNever);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == Errc::kPayloadTooLarge);
  CHECK(bench.server.published.empty());
}

TEST_CASE("a stream of answers is taken until it says it ends") {
  Bench bench;
  bench.server.on_publish = [&](const Published& message) {
    for (int i = 0; i < 3; ++i) bench.server.deliver(message.reply, std::to_string(i));
    bench.server.deliver_block(message.reply, "", "NATS/1.0 204 EOB\r\n\r\n");
  };
  std::string seen;
  const auto done = bench.client.request_stream("a", {}, {}, 500ms, [&](const MessageView& message) {
    seen += message.payload;
    return message.headers.status() != 204;
  });
  CHECK(done.ok());
  CHECK(seen == "012");
}

}  // namespace freshet::nats
