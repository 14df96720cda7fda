// The projection by operations: events applied one by one, sent again, rolled back and left in the middle of a batch give the same answers
// as one rebuild from the log.
//
// Input     two bytes an operation: what, and of which entity. The last event may hold the rest of the input as it is.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "shared/domain/course.hpp"
#include "shared/domain/user.hpp"
#include "shared/projection/projection.hpp"
#include "shared/projection/queries.hpp"

namespace {

using namespace freshet;

struct Entry {
  std::string subject;
  std::string payload;
  BatchPlace place = BatchPlace::kAlone;
};

std::string id_of(unsigned number) {
  std::string id = "01K9ZZ00000000000000000000";
  id[24] = static_cast<char>('0' + number / 10 % 10);
  id[25] = static_cast<char>('0' + number % 10);
  return id;
}

LogMessage message_of(const std::vector<Entry>& log, std::size_t at) {
  return LogMessage{log[at].subject, StreamSequence{at + 1}, log[at].payload, log[at].place, log[at].place == BatchPlace::kAlone ? "" : "b"};
}

Article article_of(unsigned which, std::size_t revision) {
  Article article;
  article.id = id_of(which % 8);
  article.slug = "slug-" + std::to_string(which % 8);
  article.author = Author{id_of(90), "writer", "W"};
  if (which % 3 != 0) article.translations[Language::kEnglish] = Translation{"title " + std::to_string(revision), "<p>text</p>", ""};
  if (which % 5 != 0) article.translations[Language::kThai] = Translation{"หัวข้อ", "<p>ข้อความ " + std::to_string(revision % 3) + "</p>", ""};
  article.created_at = WallTime{std::chrono::milliseconds{1000 + which % 2}};
  if (which % 4 != 0) {
    article.status = PublicationStatus::kPublished;
    article.published_at = WallTime{std::chrono::milliseconds{2000 + which % 3}};
  }
  if (which % 7 < 3) article.category = Category{id_of(80 + which % 3), "category-" + std::to_string(which % 3), {}, false};
  return article;
}

Entry entry_of(unsigned what, unsigned which, std::size_t revision, std::string_view rest) {
  switch (what % 8) {
    case 0: {
      Category category{id_of(80 + which % 3), "category-" + std::to_string(which % 4), {}, which % 9 == 0};
      category.names[Language::kEnglish] = "name " + std::to_string(revision);
      return {category_subject(category.id), encode_category(category)};
    }
    case 1: {
      User user;
      user.id = id_of(90 + which % 3);
      user.username = "user" + std::to_string(which % 5);
      return {user_subject(user.id), which % 6 == 0 ? "" : encode_user(user)};
    }
    case 2: return {group_subject(id_of(70 + which % 2)), which % 5 == 0 ? "" : encode_group(Group{id_of(70 + which % 2), "g", {id_of(90 + which % 3)}, false})};
    case 3: return {article_subject(id_of(which % 8)), ""};
    case 4: return {article_subject(id_of(which % 8)), std::string(rest)};
    case 5: {
      Course course;
      course.id = id_of(60 + which % 4);
      course.slug = "course-" + std::to_string(which % 5);
      course.title = "course " + std::to_string(revision);
      course.status = which % 3 != 0 ? PublicationStatus::kPublished : PublicationStatus::kDraft;
      course.deleted = which % 11 == 0;
      return {course_subject(course.id), encode_course(course)};
    }
    default: {
      const Article article = article_of(which, revision);
      return {article_subject(article.id), encode_article(article)};
    }
  }
}

struct Model {
  Model() {
    auto created = ReadModel::create(":memory:");
    FRESHET_CHECK(created.ok());
    model = std::move(*created);
    open();
  }
  void open() {
    auto opened = Projection::open(*model);
    FRESHET_CHECK(opened.ok());
    projection = std::make_unique<Projection>(std::move(*opened));
  }
  void finish() {
    projection.reset();
    bool done = false;
    while (!done) {
      auto finished = model->finish_some(3);
      FRESHET_CHECK(finished.ok());
      done = *finished;
    }
    open();
  }
  void commit() {
    if (!projection->whole()) projection->end_batch();
    FRESHET_CHECK(projection->commit().ok());
  }
  std::unique_ptr<ReadModel> model;
  std::unique_ptr<Projection> projection;
};

// Everything that can be asked, as one text.
std::string answers(ReadModel& model) {
  Queries queries(model);
  std::string out;
  const auto ask = [&](std::string_view name, const std::string& parameters) {
    const auto answer = queries.answer(name, *parse_json(parameters));
    FRESHET_CHECK(answer.ok() || answer.error().code == Errc::kNotFound);
    out.append(name).append(parameters).append(answer.ok() ? answer->body + answer->etag : answer.error().detail).append(1, '\n');
  };
  for (const char* status : {"published", "draft", "all"}) ask("courses.list", R"({"status":")" + std::string(status) + "\"}");
  for (unsigned i = 60; i < 64; ++i) ask("courses.get", R"({"staff":true,"id_or_slug":")" + id_of(i) + "\"}");
  for (const char* language : {"en", "th"}) {
    const std::string start = R"({"page_size":100,"staff":true,"language":")" + std::string(language) + "\"";
    for (const char* more : {R"(,"status":"all")", R"(,"category":"category-1")", R"(,"search":"title","status":"draft")", R"(,"search":"ความ 1")"}) {
      ask("articles.list", start + more + "}");
    }
    for (unsigned i = 0; i < 8; ++i) ask("articles.get", start + R"(,"id_or_slug":")" + id_of(i) + "\"}");
    for (const char* name : {"articles.latest", "categories.list", "users.list", "groups.list"}) ask(name, start + "}");
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kOperationsMax = 40;
  std::vector<Entry> log;
  Model live;
  live.finish();
  for (std::size_t at = 0; at + 1 < size && log.size() < kOperationsMax; at += 2) {
    const unsigned what = data[at];
    const unsigned which = data[at + 1];
    const std::string_view rest(reinterpret_cast<const char*>(data + at), std::min<std::size_t>(size - at, 64));
    Entry entry = entry_of(what, which, log.size(), rest);
    if (what >= 200) entry.place = what % 2 == 0 ? BatchPlace::kInside : BatchPlace::kLast;
    log.push_back(std::move(entry));
    const LogMessage message = message_of(log, log.size() - 1);
    if (!live.projection->whole() && !live.projection->continues_batch(message)) live.projection->end_batch();
    FRESHET_CHECK(live.projection->apply(message).ok());
    if (which >= 224) {  // as after a failed commit: back, and from the checkpoint again
      live.projection->rollback();
      for (std::size_t again = live.model->checkpoint().sequence.value; again < log.size(); ++again) {
        const LogMessage sent = message_of(log, again);
        if (!live.projection->whole() && !live.projection->continues_batch(sent)) live.projection->end_batch();
        FRESHET_CHECK(live.projection->apply(sent).ok());
      }
    }
    if (which % 2 == 0 && live.projection->whole()) FRESHET_CHECK(live.projection->commit().ok());
    if (which % 16 == 5) FRESHET_CHECK(live.projection->apply(message_of(log, log.size() / 2)).ok());  // sent twice
  }
  live.commit();

  Model rebuilt;
  for (std::size_t at = 0; at < log.size(); ++at) FRESHET_CHECK(rebuilt.projection->apply(message_of(log, at)).ok());
  rebuilt.commit();
  rebuilt.finish();
  FRESHET_CHECK(live.model->checkpoint() == rebuilt.model->checkpoint());
  FRESHET_CHECK(answers(*live.model) == answers(*rebuilt.model));
  return 0;
}
