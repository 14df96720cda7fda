#include "shared/event.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

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

TEST_CASE("what is a draft reaches nobody; everybody is told what becomes public, changes there and goes") {
  struct Row {
    Visibility before;
    Visibility now;
    Change change;
    std::string_view article;  // the frame's type; empty: nobody is told
    std::string_view course;
  };
  constexpr auto kHidden = Visibility::kHidden;
  constexpr auto kPublic = Visibility::kPublic;
  const Row rows[] = {{kHidden, kHidden, Change::kCreated, "", ""},
                      {kHidden, kHidden, Change::kUpdated, "", ""},
                      {kHidden, kHidden, Change::kDeleted, "", ""},
                      {kHidden, kPublic, Change::kPublished, "article_published", "course_created"},
                      {kPublic, kPublic, Change::kUpdated, "article_updated", "course_updated"},
                      {kPublic, kHidden, Change::kUnpublished, "article_unpublished", "course_deleted"},
                      {kPublic, kHidden, Change::kDeleted, "article_deleted", "course_deleted"}};
  struct Kind {
    std::string subject;
    std::string_view Row::* type;
    std::vector<std::string_view> channels;
    std::string_view filter;
  };
  const Kind kinds[] = {{article_subject("01HF7YAT00AAAAAAAAAAAAAAAA"), &Row::article, {"articles:en", "articles:th"}, "log.article.*"},
                        {course_subject("01HF7YAT00AAAAAAAAAAAAAAAA"), &Row::course, {"courses"}, "log.course.*"}};
  for (const auto& kind : kinds) {
    for (const auto& row : rows) {
      const auto type = row.*kind.type;
      CAPTURE(kind.subject);
      CAPTURE(type);
      Event event;
      event.change = row.change;
      event.before = row.before;
      event.now = row.now;
      std::vector<std::string_view> channels;
      for (const Route& found : route(parse_log_subject(kind.subject), event)) {
        CHECK(found.type == type);
        CHECK(subject_filter(found.channel) == kind.filter);
        channels.push_back(found.channel);
      }
      CHECK(channels == (type.empty() ? std::vector<std::string_view>{} : kind.channels));
    }
  }
}

TEST_CASE("what no channel tells of has no route, however public it calls itself") {
  Event published;
  published.now = Visibility::kPublic;
  for (const std::string_view elsewhere : {"log.user.X", "log.slug.article.x", "log.slug.course.x", "log.category.X", "log.articles.X",
                                           "live.article.X", "live.course.X", "log.token.X", ""}) {
    CAPTURE(elsewhere);
    CHECK(route(parse_log_subject(elsewhere), published).empty());
    CHECK_FALSE(is_routed(parse_log_subject(elsewhere).kind));
  }
  CHECK(subject_filter("course").empty());
  CHECK(subject_filter("").empty());
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
