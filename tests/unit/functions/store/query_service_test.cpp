#include "functions/store/query_service.hpp"

#include "tests/unit/functions/store/fixture.hpp"

using namespace freshet;
using namespace freshet::store_test;
using std::chrono::milliseconds;

namespace {

struct Service {
  Service() {
    site.begin();
    site.append(article_of(1, 5000));
    site.round();
  }
  void ask(std::string_view name, std::string_view payload, std::string_view min_position = {}) {
    service.arrived("store.query." + std::string(name), "_INBOX.asker", min_position, payload);
  }
  std::vector<Published> turn() {
    service.turn(site.follower);
    return outbox.take();
  }

  Site site;
  KeptOutbox outbox;
  store::ServiceInfo info{"s1", site.clock.wall()};
  store::QueryService service{site.clock, outbox, info};
};

}  // namespace

TEST_CASE("an answer carries the bytes, the position, the tag and the links") {
  Service s;
  s.site.append(article_of(2, 6000));
  s.site.round();
  s.ask("articles.list", R"({"path":"/a/","page_size":1})");
  CHECK(s.outbox.published.empty());  // only in the turn
  const auto sent = s.turn();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].subject == "_INBOX.asker");
  CHECK(sent[0].header("Freshet-Status") == "200");
  CHECK(sent[0].header("Freshet-Position") == "abcd1234-3");
  CHECK(sent[0].header("Freshet-Etag") == "\"abcd1234-3-" + kVersion + "-en\"");
  CHECK(sent[0].header("Freshet-Link") == "</a/?page=2>; rel=\"next\"");
  CHECK(sent[0].payload.starts_with(R"({"count":2,"next":"/a/?page=2","previous":null,"results":[{)"));
}

TEST_CASE("errors say their status, why, and which fields") {
  Service s;
  struct Row {
    const char* name;
    const char* payload;
    const char* min_position;
    const char* code;
  };
  for (const auto& row : {Row{"articles.list", "{", "", "400"}, Row{"articles.list", "[]", "", "400"}, Row{"articles.list", R"({"page":0})", "", "400"},
                          Row{"articles.list", R"({"page":9})", "", "404"}, Row{"articles.get", R"({"id_or_slug":"no\n"})", "", "404"},
                          Row{"no.such.query", "{}", "", "404"}, Row{"articles.latest", "{}", "nonsense", "400"}}) {
    CAPTURE(row.payload);
    s.ask(row.name, row.payload, row.min_position);
    const auto sent = s.turn();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].header("Nats-Service-Error-Code") == row.code);
    CHECK(sent[0].header("Nats-Service-Error").find('\n') == std::string::npos);
    CHECK(parse_json_object(sent[0].payload).ok());
  }
  s.ask("articles.list", std::string(store::QueryService::kQuestionBytesMax + 1, ' '));
  CHECK(s.turn().at(0).header("Nats-Service-Error-Code") == "400");
}

TEST_CASE("a question waits for its position without holding up others, and no longer than two seconds") {
  Service s;
  s.ask("articles.latest", "{}", "abcd1234-3");
  s.ask("articles.latest", "{}");
  CHECK(s.turn().size() == 1);
  CHECK(s.service.waiting() == 1);
  SUBCASE("it comes") {
    s.site.append(article_of(2, 6000));
    s.site.round();
    const auto sent = s.turn();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].header("Freshet-Position") == "abcd1234-3");
  }
  SUBCASE("it does not come") {
    s.site.clock.advance(milliseconds(1999));
    CHECK(s.turn().empty());
    CHECK(s.service.patience() == milliseconds(1));
    s.site.clock.advance(milliseconds(1));
    const auto sent = s.turn();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].header("Nats-Service-Error-Code") == "503");
    CHECK(sent[0].header("Retry-After") == "1");
  }
  CHECK(s.service.waiting() == 0);
}

TEST_CASE("a position of another epoch is never taken for reached") {
  Service s;
  s.ask("articles.latest", "{}", "zzzz9999-1");
  CHECK(s.turn().empty());
  s.site.clock.advance(milliseconds(2000));
  CHECK(s.turn().at(0).header("Nats-Service-Error-Code") == "503");
}

TEST_CASE("nothing is answered in the middle of a transaction") {
  Service s;
  const Article article = article_of(2, 6000);
  s.site.append(article_subject(article.id), encode_article(article), BatchPlace::kInside, "b");
  s.site.round();
  s.ask("articles.latest", "{}");
  CHECK(s.turn().empty());
  const Article last = article_of(3, 7000);
  s.site.append(article_subject(last.id), encode_article(last), BatchPlace::kLast, "b");
  s.site.round();
  CHECK(parse_json(s.turn().at(0).payload)->size() == 3);
}

TEST_CASE("while the read model catches up questions wait, while it is built they are refused; health answers in every phase") {
  Service s;
  s.site.follower.connection_lost();
  s.ask("articles.latest", "{}");
  s.ask("health", "");
  auto sent = s.turn();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].payload.find("\"state\":\"catching-up\"") != std::string::npos);
  s.site.follower.log_found("zzzz9999", StreamSequence{1});
  static_cast<void>(s.site.follower.turn(store::TailState::kBehind));
  REQUIRE(s.site.follower.phase() == store::Phase::kBuilding);
  s.ask("health", "");
  sent = s.turn();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].header("Nats-Service-Error-Code") == "503");
  CHECK(sent[1].payload.find("\"status\":\"unavailable\",\"state\":\"building\"") != std::string::npos);
}

TEST_CASE("more questions than may wait are refused") {
  Service s;
  for (std::size_t i = 0; i <= store::QueryService::kWaitingMax; ++i) s.ask("articles.latest", "{}", "abcd1234-99");
  CHECK(s.service.waiting() == store::QueryService::kWaitingMax);
  REQUIRE(s.outbox.published.size() == 1);
  CHECK(s.outbox.published[0].header("Nats-Service-Error-Code") == "503");
}

TEST_CASE("a remembered answer is the one of now: the same bytes until something it shows is touched") {
  Service s;
  const auto latest = [&s] {
    s.ask("articles.latest", "{}");
    return s.turn().at(0);
  };
  const auto first = latest();
  s.site.append("log.slug.article.x", "{}");
  s.site.round();
  const auto second = latest();
  CHECK(second.payload == first.payload);
  CHECK(second.header("Freshet-Position") == "abcd1234-3");
  CHECK(second.header("Freshet-Etag") == first.header("Freshet-Etag"));
  s.site.append(article_of(2, 6000));
  s.site.round();
  CHECK(parse_json(latest().payload)->size() == 2);
}

TEST_CASE("an answer larger than a message is an error, not a silence") {
  Service s;
  s.outbox.payload_max = 200;
  s.ask("articles.latest", "{}");
  CHECK(s.turn().at(0).header("Nats-Service-Error-Code") == "500");
}

TEST_CASE("nobody is answered who gave no address") {
  Service s;
  s.service.arrived("store.query.health", "", "", "");
  s.service.asked_about_itself("$SRV.PING", "");
  CHECK(s.turn().empty());
}
