#include "broker/log/event_encoder.hpp"

#include <doctest/doctest.h>

#include <string>

#include "broker/sse/gzip.hpp"
#include "broker/websocket/deflate.hpp"
#include "broker/websocket/encoder.hpp"
#include "shared/domain/article.hpp"
#include "shared/domain/course.hpp"
#include "shared/subject.hpp"
#include "tests/support/gunzip.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet::broker {
namespace {

using testing::SeededRandom;

const Position kAt{"abcd1234", StreamSequence{42}};

Course sample(PublicationStatus status) {
  Course course;
  course.id = "01HF7YAT00CCCCCCCCCCCCCCCC";
  course.slug = "knots";
  course.title = "Knots";
  course.description = "One\nand two";
  course.status = status;
  course.created_at = course.updated_at = WallTime(std::chrono::milliseconds(1'700'000'000'000));
  return course;
}

Result<std::vector<ChannelText>> rendered(const Course* before, const Course& now) {
  SeededRandom random(1);
  const Course next = following(before, now);
  return render_log_event(kAt, course_subject(next.id), event_headers(publication_event("course", before, next, random)),
                          encode_course(next));
}

std::string only(const Result<std::vector<ChannelText>>& texts) {
  REQUIRE(texts.ok());
  REQUIRE(texts->size() == 1);
  CHECK(texts->front().channel == "courses");
  return texts->front().data;
}

TEST_CASE("a course's frame carries the course, the position and the time of the event") {
  const Course draft = sample(PublicationStatus::kDraft);
  const Course published = sample(PublicationStatus::kPublished);
  const std::string course =
      R"({"id":"01HF7YAT00CCCCCCCCCCCCCCCC","slug":"knots","title":"Knots","description":"One\nand two","status":"published",)"
      R"("created_at":"2023-11-14T22:13:20.000Z","updated_at":"2023-11-14T22:13:20.000Z"})";
  const std::string tail = R"(,"position":"abcd1234-42","timestamp":"2023-11-14T22:13:20.000Z"})";
  CHECK(only(rendered(&draft, published)) == R"({"type":"course_created","course":)" + course + tail);
  CHECK(only(rendered(nullptr, published)) == R"({"type":"course_created","course":)" + course + tail);
  CHECK(only(rendered(&published, published)) == R"({"type":"course_updated","course":)" + course + tail);
}

TEST_CASE("a course that is withdrawn or deleted is gone by its public name, and a draft is silent") {
  const Course published = sample(PublicationStatus::kPublished);
  Course draft = sample(PublicationStatus::kDraft);
  draft.title = "Secret";
  Course deleted = published;
  deleted.deleted = true;
  const std::string gone = R"({"type":"course_deleted","course":{"id":"01HF7YAT00CCCCCCCCCCCCCCCC","slug":"knots","title":"Knots"},)"
                           R"("position":"abcd1234-42","timestamp":"2023-11-14T22:13:20.000Z"})";
  CHECK(only(rendered(&published, draft)) == gone);
  CHECK(only(rendered(&published, deleted)) == gone);
  CHECK(rendered(nullptr, draft)->empty());
  CHECK(rendered(&draft, draft)->empty());
  CHECK(rendered(&draft, deleted)->empty());
}

TEST_CASE("each format has the same document: SSE beside its id, a socket as a text frame, deflated where that was agreed on") {
  SeededRandom random(1);
  const Course published = sample(PublicationStatus::kPublished);
  const auto headers = event_headers(publication_event("course", static_cast<const Course*>(nullptr), published, random));
  const std::string document = only(rendered(nullptr, published));
  for (const Compressed compressed : {Compressed{}, Compressed{.websocket = true}, Compressed{.sse = true}, Compressed{.sse = true, .websocket = true}}) {
    const auto event = EventEncoder(compressed).encode(kAt, course_subject(published.id), headers, encode_course(published));
    REQUIRE(event.ok());
    REQUIRE(event->channels.size() == 1);
    CHECK(event->sequence == kAt.sequence);
    const auto& frames = event->channels[0].frames;
    CHECK(*frames[index_of(Format::kSse)] == "id: abcd1234-42\ndata: " + document + "\n\n");
    CHECK(*frames[index_of(Format::kWebSocket)] == websocket::encode_text(document));
    const Frame& deflated = frames[index_of(Format::kWebSocketDeflated)];
    REQUIRE((deflated != nullptr) == compressed.websocket);
    std::size_t bytes = frames[index_of(Format::kSse)]->size() + frames[index_of(Format::kWebSocket)]->size();
    if (deflated) {
      bytes += deflated->size();
      std::string inflated;
      const std::size_t head = deflated->size() < 128 ? 2 : 4;
      CHECK(websocket::Inflater().inflate(std::string_view(*deflated).substr(head), inflated, 10'000) ==
            websocket::Inflater::Outcome::kDone);
      CHECK(inflated == document);
    }
    const Frame& gzip = frames[index_of(Format::kSseGzip)];
    REQUIRE((gzip != nullptr) == compressed.sse);
    if (gzip) {
      bytes += gzip->size();
      CHECK(gzip->size() < frames[index_of(Format::kSse)]->size());
      CHECK(testing::gunzip(std::string(sse::kGzipHead) + sse::gzip_stored("retry: 2000\n\n") + *gzip + *gzip) ==
            "retry: 2000\n\n" + *frames[index_of(Format::kSse)] + *frames[index_of(Format::kSse)]);
    }
    CHECK(event->bytes == bytes);
  }
}

TEST_CASE("articles have no frames for sockets") {
  SeededRandom random(1);
  Article article;
  article.id = "01HF7YAT00AAAAAAAAAAAAAAAA";
  article.status = PublicationStatus::kPublished;
  article.translations[Language::kEnglish] = Translation{"Hello", "<p>x</p>", ""};
  const auto event =
      EventEncoder(Compressed{.websocket = true})
          .encode(kAt, article_subject(article.id), event_headers(article_event(nullptr, article, random)), encode_article(article));
  REQUIRE(event.ok());
  REQUIRE(event->channels.size() == 2);
  for (const ChannelFrames& one : event->channels) {
    CHECK(one.frames[index_of(Format::kSse)] != nullptr);
    CHECK(one.frames[index_of(Format::kWebSocket)] == nullptr);
    CHECK(one.frames[index_of(Format::kWebSocketDeflated)] == nullptr);
  }
}

TEST_CASE("an article says one document in each language, without a position inside") {
  SeededRandom random(1);
  Article article;
  article.id = "01HF7YAT00AAAAAAAAAAAAAAAA";
  article.slug = "first";
  article.status = PublicationStatus::kPublished;
  article.translations[Language::kEnglish] = Translation{"Hello", "<p>x</p>", ""};
  article.translations[Language::kThai] = Translation{"สวัสดี", "<p>y</p>", ""};
  const auto texts =
      render_log_event(kAt, article_subject(article.id), event_headers(article_event(nullptr, article, random)), encode_article(article));
  REQUIRE(texts.ok());
  REQUIRE(texts->size() == 2);
  CHECK((*texts)[0].channel == "articles:en");
  CHECK((*texts)[0].data.find(R"("title":"Hello")") != std::string::npos);
  CHECK((*texts)[1].channel == "articles:th");
  CHECK((*texts)[1].data.find(R"("title":"สวัสดี")") != std::string::npos);
  CHECK((*texts)[1].data.find("position") == std::string::npos);
}

TEST_CASE("what cannot be read is an error, and what goes to no channel need not be readable") {
  SeededRandom random(1);
  const Course published = sample(PublicationStatus::kPublished);
  const auto headers = event_headers(publication_event("course", static_cast<const Course*>(nullptr), published, random));
  EventEncoder encoder(Compressed{});
  CHECK_FALSE(encoder.encode(kAt, "log.course.X", headers, "{}").ok());
  CHECK_FALSE(encoder.encode(kAt, "log.course.X", {}, encode_course(published)).ok());
  const auto elsewhere = encoder.encode(kAt, "log.user.X", {}, "not even JSON");
  REQUIRE(elsewhere.ok());
  CHECK(elsewhere->channels.empty());
}

}  // namespace
}  // namespace freshet::broker
