#include "shared/event.hpp"

#include <doctest/doctest.h>

#include "shared/routing.hpp"
#include "shared/subject.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet {
namespace {

using testing::ManualClock;
using testing::SeededRandom;

TEST_CASE("an event's headers read back") {
  SeededRandom random(3);
  ManualClock clock;
  Event event = make_event("article", Change::kPublished, clock.wall(), random);
  event.now = Visibility::kPublic;
  event.languages = "en,th";
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const auto headers = event_headers(event);
  CHECK(*find_header(headers, "ce-type") == "freshet.article.published");
  CHECK(*find_header(headers, "Freshet-Public") == "01");
  const auto parsed = parse_event(headers);
  REQUIRE(parsed.ok());
  CHECK(parsed->id == event.id);
  CHECK(parsed->time == event.time);
  CHECK(parsed->change == Change::kPublished);
  CHECK(parsed->before == Visibility::kHidden);
  CHECK(parsed->now == Visibility::kPublic);
  CHECK(parsed->languages == "en,th");
  CHECK(parsed->traceparent == event.traceparent);
}

TEST_CASE("headers that lack what routing needs are refused") {
  SeededRandom random(3);
  const auto whole = event_headers(make_event("article", Change::kCreated, WallTime{}, random));
  for (const std::string_view name : {"ce-id", "ce-type", "ce-time", "Freshet-Change", "Freshet-Public"}) {
    CAPTURE(name);
    HeaderList headers = whole;
    for (auto& [key, value] : headers) {
      if (key == name) value = "?";
    }
    const bool free_text = name == "ce-id" || name == "ce-type";
    CHECK(parse_event(headers).ok() == free_text);
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
    CHECK_FALSE(parse_event(headers).ok());
  }
}

TEST_CASE("an article reaches the public channels exactly when it was or is public") {
  struct Row {
    Visibility before;
    Visibility now;
    Change change;
    std::string_view type;  // empty: nobody
  };
  constexpr auto kHidden = Visibility::kHidden;
  constexpr auto kPublic = Visibility::kPublic;
  const Row rows[] = {{kHidden, kHidden, Change::kCreated, ""},
                      {kHidden, kHidden, Change::kDeleted, ""},
                      {kHidden, kPublic, Change::kPublished, "article_published"},
                      {kPublic, kPublic, Change::kUpdated, "article_updated"},
                      {kPublic, kHidden, Change::kUnpublished, "article_unpublished"},
                      {kPublic, kHidden, Change::kDeleted, "article_deleted"}};
  for (const auto& row : rows) {
    CAPTURE(row.type);
    Event event;
    event.change = row.change;
    event.before = row.before;
    event.now = row.now;
    const Routes routes = route(parse_log_subject("log.article.01HF7YAT00AAAAAAAAAAAAAAAA"), event);
    CHECK(routes.empty() == row.type.empty());
    for (const Route& found : routes) {
      CHECK(found.type == row.type);
      CHECK_FALSE(subject_filter(found.channel).empty());
    }
  }
  Event published;
  published.now = kPublic;
  for (const std::string_view elsewhere : {"log.user.X", "log.slug.article.x", "log.category.X", "log.articles.X", "live.article.X", "log.token.X", ""}) {
    CAPTURE(elsewhere);
    CHECK(route(parse_log_subject(elsewhere), published).empty());
  }
}

TEST_CASE("subjects read back as what they name") {
  const auto named = article_subject("ID1");
  const auto article = parse_log_subject(named);
  CHECK(article.kind == EntityKind::kArticle);
  CHECK(article.id == "ID1");
  CHECK(article.rest.empty());
  const auto subject = slug_subject(EntityKind::kCategory, "news");
  CHECK(subject == "log.slug.category.news");
  const auto slug = parse_log_subject(subject);
  CHECK(slug.kind == EntityKind::kSlug);
  CHECK(slug.id == "news");
  CHECK(slug.rest == "category");
  const auto request = request_subject("U", "abc");
  CHECK(parse_log_subject(request).rest == "abc");
  CHECK(parse_log_subject("log.epoch").kind == EntityKind::kEpoch);
  CHECK(parse_log_subject("log.nothing.x").kind == EntityKind::kOther);
}

TEST_CASE("user text makes one safe token of bounded length") {
  CHECK(subject_token("a.b *>") == "612e62202a3e");
  const auto long_token = subject_token(std::string(65, 'x'));
  CHECK(long_token.size() == 65);
  CHECK(long_token[0] == 'h');
  CHECK(subject_token(std::string(64, 'x')).size() == 128);
  CHECK(subject_token(std::string(65, 'x')) != subject_token(std::string(66, 'x')));
}

}  // namespace
}  // namespace freshet
