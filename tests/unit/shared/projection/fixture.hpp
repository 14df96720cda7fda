// What the projection's tests share: events made as the log has them, a file to project into, a naive model to compare with.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "shared/domain/article.hpp"
#include "shared/domain/user.hpp"
#include "shared/projection/projection.hpp"
#include "shared/projection/queries.hpp"

namespace freshet::projection_test {

// As it stands in tags.
inline const std::string kVersion = std::to_string(kProjectionVersion);

struct Entry {
  std::string subject;
  std::uint64_t sequence = 0;
  std::string payload;
  BatchPlace place = BatchPlace::kAlone;
  std::string batch_id;

  [[nodiscard]] LogMessage message() const { return LogMessage{subject, StreamSequence{sequence}, payload, place, batch_id}; }
};

// A ULID-shaped id with `number` in it; larger numbers sort behind.
inline std::string id_of(std::uint64_t number) {
  char text[27];
  std::snprintf(text, sizeof text, "01K9ZZ%020llu", static_cast<unsigned long long>(number));
  return text;
}

inline Category category_of(std::uint64_t number, const std::string& name) {
  Category category{id_of(900 + number), "category-" + std::to_string(number), {}, false};
  category.names[Language::kEnglish] = name;
  category.names[Language::kThai] = "หมวด " + name;
  return category;
}

inline Article article_of(std::uint64_t number, std::int64_t published_ms) {
  Article article;
  article.id = id_of(number);
  article.slug = "article-" + std::to_string(number);
  article.status = published_ms > 0 ? PublicationStatus::kPublished : PublicationStatus::kDraft;
  article.author = Author{id_of(800), "writer", "A \"Writer\""};
  article.translations[Language::kEnglish] = Translation{"Title " + std::to_string(number), "<p>content</p>", "excerpt"};
  article.created_at = WallTime{std::chrono::milliseconds{1000 + static_cast<std::int64_t>(number)}};
  article.updated_at = article.created_at;
  if (published_ms > 0) article.published_at = WallTime{std::chrono::milliseconds{published_ms}};
  return article;
}

// A file of its own in the system's temporary folder, removed at the end.
class TemporaryFile {
 public:
  TemporaryFile() {
    char name[] = "/tmp/freshet-projection-XXXXXX";
    const int file = ::mkstemp(name);
    REQUIRE(file >= 0);
    ::close(file);
    path_ = name;
    remove();
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { remove(); }
  void remove() const {
    std::remove(path_.c_str());
    std::remove((path_ + "-journal").c_str());
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A live read model with its projection and queries.
class Store {
 public:
  // Built in bulk from `events`, and live from there on.
  explicit Store(const std::vector<Entry>& events = {}) {
    auto created = ReadModel::create(":memory:");
    REQUIRE(created.ok());
    model = std::move(*created);
    open_projection();
    for (const Entry& event : events) apply(event);
    commit();
    projection.reset();
    bool done = false;
    while (!done) {
      const auto finished = model->finish_some(3);
      REQUIRE_MESSAGE(finished.ok(), finished.error().detail);
      done = *finished;
    }
    open_projection();
    queries = std::make_unique<Queries>(*model);
  }

  void open_projection() {
    auto opened = Projection::open(*model);
    REQUIRE(opened.ok());
    projection = std::make_unique<Projection>(std::move(*opened));
  }
  void apply(const Entry& event) {
    const auto applied = projection->apply(event.message());
    REQUIRE_MESSAGE(applied.ok(), applied.error().detail);
    next_sequence = event.sequence + 1;
  }
  void commit() {
    const auto committed = projection->commit();
    REQUIRE_MESSAGE(committed.ok(), committed.error().detail);
  }
  void put(const std::string& subject, const std::string& payload) {
    apply(Entry{subject, next_sequence, payload, BatchPlace::kAlone, {}});
    commit();
  }
  void put(const Article& article) { put(article_subject(article.id), encode_article(article)); }
  void put(const Course& course) { put(course_subject(course.id), encode_course(course)); }
  void put(const Category& category) { put(category_subject(category.id), encode_category(category)); }
  void put(const User& user) { put(user_subject(user.id), encode_user(user)); }
  void put(const Group& group) { put(group_subject(group.id), encode_group(group)); }

  [[nodiscard]] Result<Answer> ask(std::string_view name, const std::string& parameters) const {
    const auto parsed = parse_json_object(parameters);
    REQUIRE(parsed.ok());
    return queries->answer(name, *parsed);
  }
  // The body of an answer that must be there, parsed.
  [[nodiscard]] Json body(std::string_view name, const std::string& parameters) const {
    const auto answer = ask(name, parameters);
    REQUIRE_MESSAGE(answer.ok(), answer.error().detail);
    auto parsed = parse_json(answer->body);
    REQUIRE(parsed.ok());
    return std::move(*parsed);
  }
  [[nodiscard]] std::vector<std::string> slugs(const std::string& parameters) const {
    std::vector<std::string> out;
    const Json page = body("articles.list", parameters);
    for (const Json& item : page["results"]) out.push_back(item["slug"].get<std::string>());
    return out;
  }

  std::unique_ptr<ReadModel> model;
  std::unique_ptr<Projection> projection;
  std::unique_ptr<Queries> queries;
  std::uint64_t next_sequence = 1;
};

// How SQLite means to answer, a line a step.
inline std::string plan_of(Store& store, const std::string& sql) {
  auto statement = store.model->database().prepare("EXPLAIN QUERY PLAN " + sql);
  REQUIRE(statement.ok());
  std::string out;
  Rows rows = statement->run();
  while (*rows.next()) out.append(rows.text(3)).append(1, '\n');
  return out;
}

}  // namespace freshet::projection_test
