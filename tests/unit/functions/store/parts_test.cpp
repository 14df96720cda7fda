// Announcer, AnswerCache, ServiceInfo and Settings.
#include "functions/store/settings.hpp"
#include "tests/unit/functions/store/fixture.hpp"

using namespace freshet;
using namespace freshet::store_test;
using std::chrono::milliseconds;

namespace {

std::vector<std::string> subjects(const std::vector<Published>& published) {
  std::vector<std::string> out;
  for (const Published& one : published) out.push_back(one.subject);
  return out;
}

}  // namespace

TEST_CASE("invalidations come before the applied position, which is repeated every half second while live") {
  ManualClock clock;
  KeptOutbox outbox;
  store::Announcer announcer(clock, outbox, "hub", "s1");
  const Checkpoint at{"abcd1234", StreamSequence{7}, 0, 0};
  store::Applied applied{true, false, {{EntityKind::kArticle, "A"}, {EntityKind::kUser, "U"}}};
  announcer.turn(applied, store::Phase::kLive, at);
  CHECK(subjects(outbox.published) == std::vector<std::string>{"live.invalidate.article.A", "live.invalidate.user.U", "live.applied.hub.s1"});
  for (const Published& one : outbox.take()) CHECK(one.payload == "abcd1234-7");
  announcer.turn({}, store::Phase::kLive, at);
  CHECK(outbox.take().empty());
  CHECK(announcer.patience() == milliseconds(500));
  clock.advance(milliseconds(500));
  announcer.turn({}, store::Phase::kLive, at);
  CHECK(subjects(outbox.take()) == std::vector<std::string>{"live.applied.hub.s1"});
}

TEST_CASE("a store that is behind says nothing of its position, so that no stream waits for it") {
  ManualClock clock;
  KeptOutbox outbox;
  store::Announcer announcer(clock, outbox, "hub", "s1");
  announcer.turn({true, false, {{EntityKind::kArticle, "A"}}}, store::Phase::kCatchingUp, {});
  CHECK(subjects(outbox.take()) == std::vector<std::string>{"live.invalidate.article.A"});
  clock.advance(milliseconds(5000));
  announcer.turn({}, store::Phase::kBuilding, {});
  CHECK(outbox.take().empty());
  announcer.turn({true, true, {}}, store::Phase::kLive, {});
  const auto all = subjects(outbox.take());
  CHECK(all.size() == 7);
  CHECK(all.front() == "live.invalidate.article.all");
  CHECK(all.back() == "live.applied.hub.s1");
}

TEST_CASE("remembered answers stay within their bytes, the least recently asked goes first") {
  Site site;
  site.begin();
  const Queries& queries = *site.follower.queries();
  store::AnswerCache cache;
  const std::string body(200'000, 'x');
  cache.put("first", Answer{body, "", "", Depends::kArticles}, queries);
  for (int i = 0; i < 200; ++i) {
    cache.put("question " + std::to_string(i), Answer{body, "", "", Depends::kArticles}, queries);
    CHECK(cache.bytes() <= store::AnswerCache::kBytesMax);
    if (i < 100) CHECK(cache.get("first", queries) != nullptr);
  }
  CHECK(cache.get("first", queries) == nullptr);
  CHECK(cache.get("question 199", queries) != nullptr);
  CHECK(cache.get("question 0", queries) == nullptr);
  const std::size_t before = cache.bytes();
  cache.put("large", Answer{std::string(store::AnswerCache::kAnswerBytesMax, 'x'), "", "", Depends::kArticles}, queries);
  CHECK(cache.bytes() == before);
  cache.put("question 199", Answer{"short", "", "", Depends::kArticles}, queries);
  CHECK(cache.get("question 199", queries)->body == "short");
  cache.clear();
  CHECK(cache.bytes() == 0);
}

TEST_CASE("the service describes itself to whoever asks it, all services or it alone") {
  store::ServiceInfo info("s1", WallTime{});
  info.count("articles.list", std::chrono::nanoseconds(300));
  info.count_error("articles.list", std::chrono::nanoseconds(100), "404 gone");
  info.count("chosen by the asker", std::chrono::nanoseconds(1));
  CHECK(info.answer("$SRV.PING") == R"({"type":"io.nats.micro.v1.ping_response","name":"store","id":"s1","version":")" + kVersion + R"(.0.0","metadata":{}})");
  for (const char* subject : {"$SRV.INFO.store", "$SRV.STATS.store.s1"}) {
    const auto answer = info.answer(subject);
    REQUIRE(answer.has_value());
    CHECK(parse_json_object(*answer).ok());
  }
  for (const char* subject : {"$SRV.PING.other", "$SRV.PING.store.s2", "$SRV.NOPE", "$SRV", "x"}) {
    CAPTURE(subject);
    CHECK_FALSE(info.answer(subject).has_value());
  }
  const auto stats = parse_json(*info.answer("$SRV.STATS"));
  const Json& endpoints = (*stats)["endpoints"];
  REQUIRE(endpoints.size() == 2);
  CHECK(endpoints[0]["name"] == "articles-list");
  CHECK(endpoints[0]["num_requests"] == 2);
  CHECK(endpoints[0]["num_errors"] == 1);
  CHECK(endpoints[0]["average_processing_time"] == 200);
  CHECK(endpoints[1]["name"] == "other");
}

TEST_CASE("settings are checked at start, and the variable that is wrong is named") {
  SystemRandom random;
  const auto read = [&random](const std::map<std::string, std::string>& environment) {
    return store::read_settings([&environment](const char* name) -> const char* {
      const auto found = environment.find(name);
      return found != environment.end() ? found->second.c_str() : nullptr;
    }, "/data", random);
  };
  const auto defaults = read({});
  REQUIRE(defaults.ok());
  CHECK(defaults->place == "local");
  CHECK(defaults->store_id.size() == 12);
  CHECK(defaults->server.port == 4222);
  struct Row {
    const char* name;
    const char* value;
  };
  for (const auto& row : {Row{"FRESHET_NATS_URL", "http://x"}, Row{"FRESHET_PLACE", "a.b"}, Row{"FRESHET_STORE_ID", "*"}, Row{"FRESHET_STORE_ID", "a b"},
                          Row{"FRESHET_LOG_LEVEL", "loud"}}) {
    CAPTURE(row.name);
    const auto refused = read({{row.name, row.value}});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail.find(row.name) != std::string::npos);
  }
}
