#include <doctest/doctest.h>

#include <string>

#include "shared/domain/article.hpp"
#include "shared/domain/course.hpp"
#include "shared/domain/user.hpp"
#include "tests/support/manual_clock.hpp"

namespace freshet {
namespace {

using testing::SeededRandom;

Article sample() {
  Article article;
  article.id = "01HF7YAT00AAAAAAAAAAAAAAAA";
  article.slug = "first";
  article.status = PublicationStatus::kPublished;
  article.category = Category{"C1", "news", {{{std::string("News"), std::string("ข่าว")}}}, false};
  article.author = {"U1", "jane", "Jane \"J\""};
  article.translations[Language::kEnglish] = Translation{"Title", "<p>Hello</p>", "Short"};
  article.published_at = WallTime(std::chrono::milliseconds(1'700'000'000'000));
  article.created_at = article.updated_at = *article.published_at;
  return article;
}

std::string rendered(const Article& article, Language language, ArticleShape shape) {
  std::string out;
  JsonWriter writer(out);
  append_article(writer, article, language, shape, 7);
  return out;
}

Course sample_course() {
  Course course;
  course.id = "01HF7YAT00CCCCCCCCCCCCCCCC";
  course.slug = "knots";
  course.title = "Knots & bends";
  course.description = "ผูกเชือก \"well\"";
  course.status = PublicationStatus::kPublished;
  course.created_at = WallTime(std::chrono::milliseconds(1'700'000'000'000));
  course.updated_at = WallTime(std::chrono::milliseconds(1'700'000'000'001));
  return course;
}

std::string rendered(const Course& course, CourseShape shape) {
  std::string out;
  JsonWriter writer(out);
  append_course(writer, course, shape);
  return out;
}

TEST_CASE("an article's state reads back from the log") {
  Article article = sample();
  CHECK(decode_article(encode_article(article)).value() == article);
  article.translations[Language::kThai] = Translation{"หัวข้อ", "<p>น้ำ</p>", ""};
  article.category.reset();
  article.published_at.reset();
  article.status = PublicationStatus::kDraft;
  CHECK(decode_article(encode_article(article)).value() == article);
}

TEST_CASE("a deleted article keeps id and slug and nothing of its content") {
  Article article = sample();
  article.deleted = true;
  const auto state = encode_article(article);
  CHECK(state.find("Hello") == std::string::npos);
  const auto decoded = decode_article(state).value();
  CHECK(decoded.deleted);
  CHECK(decoded.slug == "first");
  CHECK(visibility_of(decoded) == Visibility::kHidden);
}

TEST_CASE("a state that lacks what makes an article is refused") {
  for (const std::string_view bad : {"", "[]", "{}", R"({"id":"x"})", R"({"id":"x","slug":"y"})", R"({"id":1,"slug":"y"})",
                                     R"({"id":"x","slug":"y","status":"odd","created_at":"2026-01-01T00:00:00Z","author":{}})"}) {
    CAPTURE(bad);
    CHECK_FALSE(decode_article(bad).ok());
  }
}

TEST_CASE("each shape shows what the contract says, in the asked language or else the other") {
  const Article article = sample();
  CHECK(rendered(article, Language::kThai, ArticleShape::kListItem) ==
        R"({"id":"01HF7YAT00AAAAAAAAAAAAAAAA","slug":"first","status":"published","category":{"slug":"news","name":"ข่าว"},)"
        R"("author":{"id":"U1","username":"jane","name":"Jane \"J\""},"title":"Title","excerpt":"Short","language":"en",)"
        R"("published_at":"2023-11-14T22:13:20.000Z","created_at":"2023-11-14T22:13:20.000Z","updated_at":"2023-11-14T22:13:20.000Z","view_count":7})");
  const auto full = parse_json_object(rendered(article, Language::kEnglish, ArticleShape::kFull)).value();
  CHECK(*json_text(full, "content") == "<p>Hello</p>");
  CHECK(full["translations"].size() == 1);
  const auto stream = parse_json_object(rendered(article, Language::kEnglish, ArticleShape::kStream)).value();
  CHECK(stream.contains("content"));
  CHECK_FALSE(stream.contains("translations"));
  CHECK_FALSE(stream.contains("view_count"));
  CHECK(rendered(article, Language::kEnglish, ArticleShape::kGone) == R"({"id":"01HF7YAT00AAAAAAAAAAAAAAAA","slug":"first"})");
}

TEST_CASE("an event says what changed and who could and can see it") {
  SeededRandom random(1);
  Article draft = sample();
  draft.status = PublicationStatus::kDraft;
  const Article published = sample();
  Article deleted = sample();
  deleted.deleted = true;
  CHECK(article_event(nullptr, draft, random).change == Change::kCreated);
  CHECK(article_event(nullptr, published, random).change == Change::kPublished);
  CHECK(article_event(&draft, draft, random).change == Change::kUpdated);
  CHECK(article_event(&draft, published, random).change == Change::kPublished);
  CHECK(article_event(&published, draft, random).change == Change::kUnpublished);
  const Event gone = article_event(&published, deleted, random);
  CHECK(gone.change == Change::kDeleted);
  CHECK(gone.before == Visibility::kPublic);
  CHECK(gone.now == Visibility::kHidden);
  CHECK(gone.languages == "en");
  CHECK(article_event(&draft, deleted, random).before == Visibility::kHidden);
  CHECK(article_event(&deleted, draft, random).change == Change::kCreated);
  const Course course = sample_course();
  const Event created = publication_event("course", static_cast<const Course*>(nullptr), course, random);
  CHECK(created.type == "freshet.course.published");
  CHECK(created.time == course.updated_at);
  CHECK(created.now == Visibility::kPublic);
}

TEST_CASE("a course's state reads back from the log, deleted or not, with the names it was known by") {
  Course course = sample_course();
  CHECK(decode_course(encode_course(course)).value() == course);
  course.status = PublicationStatus::kDraft;
  course.was = Course::Names{"old", "Old"};
  CHECK(decode_course(encode_course(course)).value() == course);
  course.deleted = true;
  const auto state = encode_course(course);
  CHECK(state.find("Knots") == std::string::npos);
  const auto decoded = decode_course(state).value();
  CHECK(decoded.deleted);
  CHECK(decoded.was == course.was);
  CHECK(visibility_of(decoded) == Visibility::kHidden);
}

TEST_CASE("a state that lacks what makes a course is refused") {
  for (const std::string_view bad : {"", "[]", "{}", R"({"id":"x"})", R"({"id":"x","slug":"y"})", R"({"id":1,"slug":"y"})",
                                     R"({"id":"x","slug":"y","status":"draft","created_at":"2026-01-01T00:00:00Z"})",
                                     R"({"id":"x","slug":"y","title":"t","status":"PUBLISHED","created_at":"2026-01-01T00:00:00Z"})",
                                     R"({"id":"x","slug":"y","title":"t","status":"draft","created_at":"soon"})"}) {
    CAPTURE(bad);
    CHECK_FALSE(decode_course(bad).ok());
  }
}

TEST_CASE("a course that goes is named as everybody knew it, whatever the same write renamed it to") {
  const Course published = sample_course();
  CHECK(rendered(published, CourseShape::kFull) ==
        R"({"id":"01HF7YAT00CCCCCCCCCCCCCCCC","slug":"knots","title":"Knots & bends","description":"ผูกเชือก \"well\"","status":"published",)"
        R"("created_at":"2023-11-14T22:13:20.000Z","updated_at":"2023-11-14T22:13:20.001Z"})");
  Course draft = published;
  draft.status = PublicationStatus::kDraft;
  draft.slug = "secret";
  draft.title = "Secret plans";
  const Course withdrawn = following(&published, draft);
  CHECK(rendered(withdrawn, CourseShape::kGone) == R"({"id":"01HF7YAT00CCCCCCCCCCCCCCCC","slug":"knots","title":"Knots & bends"})");
  CHECK_FALSE(following(&withdrawn, draft).was);  // said once
  CHECK_FALSE(following(&withdrawn, published).was);
  CHECK_FALSE(following(&published, published).was);
  CHECK_FALSE(following(nullptr, draft).was);
  // Of a state that was written without `was`, nothing that could be a draft's is shown.
  CHECK(rendered(draft, CourseShape::kGone).find("plans") == std::string::npos);
}

TEST_CASE("users and groups read back, and a profile shows no secret") {
  User user{"U1", "jane", "Jane", "jane@example.com", "", "$argon2id$secret", true, true, WallTime(std::chrono::milliseconds(5)), WallTime(std::chrono::milliseconds(4))};
  CHECK(decode_user(encode_user(user)).value() == user);
  const Group group{"G1", "College", {"U1", "U2"}, false};
  CHECK(decode_group(encode_group(group)).value() == group);
  std::string out;
  JsonWriter writer(out);
  append_profile(writer, user, {{"G1", "College"}});
  CHECK(out == R"({"id":"U1","username":"jane","name":"Jane","avatar":"","is_staff":true,"groups":[{"id":"G1","name":"College"}]})");
}

TEST_CASE("usernames are letters, digits and five signs") {
  for (const std::string_view good : {"abc", "jane.doe@x+y-z_", "สมชาย", "น้ำฝน", "123"}) {
    CAPTURE(good);
    CHECK(is_username(good));
  }
  for (const std::string_view bad : {"ab", "a b", "a/b", "<abc>", "a\u200bbc", "abc😀", "a\xff" "bc"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_username(bad));
  }
  CHECK(is_username(std::string(150, 'a')));
  CHECK_FALSE(is_username(std::string(151, 'a')));
}

}  // namespace
}  // namespace freshet
