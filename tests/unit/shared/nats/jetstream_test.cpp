#include "shared/nats/jetstream.hpp"

#include <doctest/doctest.h>

#include "tests/support/nats_bench.hpp"

namespace freshet::nats {
namespace {

using namespace std::chrono_literals;
using freshet::testing::NatsBench;
using freshet::testing::Published;

struct Bench : NatsBench {
  Bench() : NatsBench(11) {}
  JetStream jetstream{client, random};

  void answer(std::function<std::string(const Published&)> body) {
    server.on_publish = [this, body = std::move(body)](const Published& message) { server.deliver(message.reply, body(message)); };
  }
};

std::string refusal(int err_code, int code = 400) {
  return R"({"error":{"code":)" + std::to_string(code) + R"(,"err_code":)" + std::to_string(err_code) + R"(,"description":"why"},"stream":"LOG","seq":0})";
}

std::string header(const Published& message, std::string_view name) {
  const std::string* value = find_header(message.headers, name);
  return value == nullptr ? "-" : *value;
}

std::vector<Append> three() {
  std::vector<Append> appends(3);
  appends[0].subject = "log.slug.article.a";
  appends[1].subject = "log.article.1";
  appends[2].subject = "log.request.u.h";
  for (Append& append : appends) append.payload = "{}";
  appends[0].expected = StreamSequence{0};
  appends[1].expected = StreamSequence{41};
  appends[2].ttl = 3600s;
  return appends;
}

}  // namespace

TEST_CASE("what an append asks for stands in its headers") {
  Bench bench;
  bench.answer([](const Published&) { return R"({"stream":"LOG","seq":42})"; });
  Append append;
  append.subject = "log.article.1";
  append.headers = {{"ce-id", "x"}};
  append.payload = "{}";
  append.expected = StreamSequence{7};
  append.message_id = "user:key";
  append.ttl = 60s;
  append.increment = -3;
  const auto ack = bench.jetstream.append(append);
  REQUIRE(ack.ok());
  CHECK(ack->sequence.value == 42);
  CHECK_FALSE(ack->duplicate);
  REQUIRE(bench.server.published.size() == 1);
  CHECK(bench.server.published[0].headers == HeaderList{{"ce-id", "x"},
                                                        {"Nats-Expected-Last-Subject-Sequence", "7"},
                                                        {"Nats-Msg-Id", "user:key"},
                                                        {"Nats-TTL", "60s"},
                                                        {"Nats-Incr", "-3"}});
}

TEST_CASE("acknowledgements") {
  const auto read = [](std::string_view payload) { return parse_pub_ack({{}, {}, {}, payload}); };
  CHECK(read(R"({"stream":"STATS","seq":3,"duplicate": true})")->duplicate);
  CHECK(read(R"({"stream":"STATS","seq":3,"val":"-2"})")->value == "-2");
  CHECK(read(R"({"stream":"LOG","seq":4,"batch":"b1","count":3})")->sequence.value == 4);
  CHECK(read("").error().effect == Effect::kUnknown);
  CHECK(read("[1]").error().code == Errc::kUnavailable);
  CHECK_FALSE(read("{}").ok());
  CHECK_FALSE(read(R"({"stream":"LOG","seq":-1,"error":7})").ok());
}

TEST_CASE("refusals by the server's numbers") {
  struct {
    int err_code;
    int code;
    Errc errc;
  } const rows[] = {
      {10071, 400, Errc::kConflict},        {10164, 400, Errc::kConflict},        {10054, 400, Errc::kPayloadTooLarge}, {10199, 400, Errc::kPayloadTooLarge},
      {10097, 400, Errc::kHeadersTooLarge}, {10077, 503, Errc::kUnavailable},     {10023, 503, Errc::kUnavailable},     {10047, 500, Errc::kUnavailable},
      {10210, 429, Errc::kUnavailable},     {10059, 404, Errc::kNotFound},        {10165, 400, Errc::kInternal},        {10177, 400, Errc::kInternal},
      {1, 503, Errc::kUnavailable},
  };
  for (const auto& row : rows) {
    CAPTURE(row.err_code);
    const std::string body = refusal(row.err_code, row.code);
    const auto ack = parse_pub_ack({{}, {}, {}, body});
    REQUIRE_FALSE(ack.ok());
    CHECK(ack.error().code == row.errc);
    CHECK(ack.error().effect == Effect::kNone);
  }
}

TEST_CASE("a batch leaves in one write, numbered, with its commit on the last message") {
  Bench bench;
  bench.answer([](const Published& message) { return header(message, "Nats-Batch-Commit") == "1" ? R"({"stream":"LOG","seq":9,"batch":"x","count":3})" : ""; });
  const auto ack = bench.jetstream.append_batch(three());
  REQUIRE(ack.ok());
  CHECK(ack->sequence.value == 9);
  CHECK(bench.server.writes.size() == 1);
  const auto& published = bench.server.published;
  REQUIRE(published.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(header(published[i], "Nats-Batch-Sequence") == std::to_string(i + 1));
    CHECK(header(published[i], "Nats-Batch-Id") == header(published[0], "Nats-Batch-Id"));
    CHECK(header(published[i], "Nats-Batch-Commit") == (i == 2 ? "1" : "-"));
  }
  CHECK(header(published[1], "Nats-Expected-Last-Subject-Sequence") == "41");
  CHECK(header(published[2], "Nats-TTL") == "3600s");
}

TEST_CASE("a batch of one is a plain append") {
  Bench bench;
  bench.answer([](const Published&) { return R"({"stream":"LOG","seq":5})"; });
  const auto appends = three();
  REQUIRE(bench.jetstream.append_batch(std::span(appends).first(1)).ok());
  CHECK(header(bench.server.published[0], "Nats-Batch-Id") == "-");
}

TEST_CASE("what stopped a batch is its first refusal, not the last") {
  Bench bench;
  bench.answer([](const Published& message) {
    const std::string sequence = header(message, "Nats-Batch-Sequence");
    return sequence == "1" ? std::string() : refusal(sequence == "2" ? 10071 : 10176);
  });
  const auto ack = bench.jetstream.append_batch(three());
  REQUIRE_FALSE(ack.ok());
  CHECK(ack.error().code == Errc::kConflict);
}

TEST_CASE("too many open batches are tried again, a few times, further and further apart") {
  Bench bench;
  int batches = 0;
  int refused = 0;
  bench.answer([&](const Published& message) {
    if (header(message, "Nats-Batch-Sequence") == "1") ++batches;
    if (batches <= refused) return refusal(header(message, "Nats-Batch-Sequence") == "1" ? 10210 : 10176);
    return header(message, "Nats-Batch-Commit") == "1" ? std::string(R"({"stream":"LOG","seq":9})") : std::string();
  });
  SUBCASE("until one is let in") {
    refused = 3;
    CHECK(bench.jetstream.append_batch(three()).ok());
    CHECK(batches == 4);
  }
  SUBCASE("and then no more") {
    refused = 100;
    const auto ack = bench.jetstream.append_batch(three());
    REQUIRE_FALSE(ack.ok());
    CHECK(ack.error().code == Errc::kUnavailable);
    CHECK(ack.error().effect == Effect::kNone);
    CHECK(batches == 6);
  }
}

TEST_CASE("an append whose acknowledgement is lost") {
  Bench bench;
  int asked = 0;
  bench.server.on_publish = [&](const Published& message) {
    if (++asked == 1) {
      bench.server.dead = true;
    } else {
      bench.server.deliver(message.reply, R"({"stream":"LOG","seq":6,"duplicate":true})");
    }
  };
  Append append;
  append.subject = "log.chat.a.b.message";
  SUBCASE("is not repeated, and says that it may have happened") {
    const auto ack = bench.jetstream.append(append);
    REQUIRE_FALSE(ack.ok());
    CHECK(ack.error().effect == Effect::kUnknown);
    CHECK(asked == 1);
  }
  SUBCASE("is repeated when the server knows it by its id") {
    append.message_id = "user:key";
    const auto ack = bench.jetstream.append(append);
    REQUIRE(ack.ok());
    CHECK(ack->sequence.value == 6);
    CHECK(asked == 2);
  }
}

TEST_CASE("a stored message is read with its own headers, and the server's come last") {
  const std::string block = "NATS/1.0\r\nce-id: x\r\nNats-Sequence: 1\r\nNats-Stream: LOG\r\nNats-Subject: log.article.1\r\nNats-Sequence: 17\r\nNats-Time-Stamp: "
                            "2026-11-21T04:54:34.224616226Z\r\n\r\n";
  const auto stored = parse_stored({"inbox", {}, HeaderView(block), "{}"});
  REQUIRE(stored.ok());
  REQUIRE(*stored);
  CHECK((*stored)->subject == "log.article.1");
  CHECK((*stored)->sequence.value == 17);
  CHECK(format_time((*stored)->time) == "2026-11-21T04:54:34.224Z");
  CHECK((*stored)->headers == HeaderList{{"ce-id", "x"}});
  CHECK((*stored)->payload == "{}");
}

TEST_CASE("direct gets: what is not there is no error, what is refused is one") {
  const auto read = [](std::string_view block) { return parse_stored({{}, {}, HeaderView(block), {}}); };
  CHECK(read("NATS/1.0 404 Message Not Found\r\n\r\n").value() == std::nullopt);
  CHECK(read("NATS/1.0 408 Bad Request\r\n\r\n").error().code == Errc::kInternal);
  CHECK(read("NATS/1.0 413 Too Many Results\r\n\r\n").error().code == Errc::kPayloadTooLarge);
  CHECK(read("NATS/1.0 500\r\n\r\n").error().code == Errc::kUnavailable);
  CHECK_FALSE(read("NATS/1.0\r\nNats-Subject: a\r\n\r\n").ok());
}

TEST_CASE("a page of messages ends at the end of batch, with what is left") {
  Bench bench;
  bench.server.on_publish = [&](const Published& message) {
    CHECK(message.subject == "$JS.API.DIRECT.GET.LOG");
    CHECK(message.payload == R"({"seq":5,"batch":2,"next_by_subj":"log.article.>"})");
    for (const char* sequence : {"6", "9"}) {
      bench.server.deliver(message.reply, "p", {{"Nats-Stream", "LOG"}, {"Nats-Subject", "log.article.1"}, {"Nats-Sequence", sequence}, {"Nats-Num-Pending", "3"}});
    }
    bench.server.deliver_block(message.reply, "", "NATS/1.0 204 EOB\r\nNats-Num-Pending: 3\r\nNats-Last-Sequence: 9\r\n\r\n");
  };
  const auto page = bench.jetstream.range("LOG", "log.article.>", StreamSequence{5}, 2);
  REQUIRE(page.ok());
  REQUIRE(page->messages.size() == 2);
  CHECK(page->messages[1].sequence.value == 9);
  CHECK(page->messages[1].headers.empty());
  CHECK(page->pending == 3);
}

TEST_CASE("several subjects are read in one round trip, each in its place") {
  Bench bench;
  bench.server.on_publish = [&](const Published& message) {
    if (message.subject.ends_with(".none")) return bench.server.deliver_block(message.reply, "", "NATS/1.0 404 Message Not Found\r\n\r\n");
    bench.server.deliver(message.reply, "p", {{"Nats-Subject", message.subject.substr(23)}, {"Nats-Sequence", "4"}});
  };
  const std::string subjects[] = {"log.a", "log.none", "log.c"};
  const auto found = bench.jetstream.last_each("LOG", subjects);
  REQUIRE(found.ok());
  CHECK(bench.server.writes.size() == 1);
  CHECK((*found)[0]->subject == "log.a");
  CHECK_FALSE((*found)[1]);
  CHECK((*found)[2]->subject == "log.c");
}

TEST_CASE("a stream is made when missing, changed when different, left alone when equal") {
  Bench bench;
  std::string stored;
  std::vector<std::string> calls;
  bench.answer([&](const Published& message) {
    const std::string call = message.subject.substr(std::string_view("$JS.API.STREAM.").size());
    calls.push_back(call);
    if (!call.starts_with("INFO.")) stored = message.payload;
    if (stored.empty()) return refusal(10059, 404);
    return R"({"config":)" + stored + R"(,"state":{"messages":2,"bytes":10,"first_seq":1,"last_seq":2}})";
  });
  Json config = Json::object();
  config["name"] = "LOG";
  config["allow_direct"] = true;
  REQUIRE(bench.jetstream.ensure_stream(config).ok());
  REQUIRE(bench.jetstream.ensure_stream(config).ok());
  config["allow_atomic"] = true;
  const auto info = bench.jetstream.ensure_stream(config);
  REQUIRE(info.ok());
  CHECK(info->last.value == 2);
  CHECK(calls == std::vector<std::string>{"INFO.LOG", "CREATE.LOG", "INFO.LOG", "INFO.LOG", "UPDATE.LOG"});
}

}  // namespace freshet::nats
