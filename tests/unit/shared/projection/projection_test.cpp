#include "shared/projection/projection.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "shared/projection/article_pieces.hpp"
#include "tests/unit/shared/projection/fixture.hpp"

using namespace freshet;
using namespace freshet::projection_test;

namespace {

Entry entry_of(std::uint64_t sequence, const Article& article) {
  return Entry{article_subject(article.id), sequence, encode_article(article), BatchPlace::kAlone, {}};
}

// Every row of every table that holds content, as text.
std::string dump(ReadModel& model) {
  std::string out;
  for (const char* table : {"checkpoint", "poison", "tally", "article", "article_body", "category", "user", "user_group", "group_member"}) {
    auto statement = model.database().prepare("SELECT * FROM " + std::string(table) + " ORDER BY 1, 2");
    REQUIRE(statement.ok());
    auto columns = model.database().prepare("SELECT count(*) FROM pragma_table_info('" + std::string(table) + "')");
    REQUIRE(columns.ok());
    int count = 0;
    {
      Rows rows = columns->run();
      REQUIRE(*rows.next());
      count = static_cast<int>(rows.integer(0));
    }
    Rows rows = statement->run();
    while (*rows.next()) {
      out += table;
      for (int i = 0; i < count; ++i) out.append(1, '|').append(rows.text(i));
      out += '\n';
    }
  }
  return out;
}

}  // namespace

TEST_CASE("an event applied twice changes nothing") {
  Store store;
  store.put(category_of(1, "News"));
  Article article = article_of(1, 5000);
  article.category = category_of(1, "News");
  store.put(article);
  const std::string before = dump(*store.model);
  store.apply(Entry{article_subject(article.id), 2, "{}", BatchPlace::kAlone, {}});
  store.apply(Entry{category_subject(id_of(901)), 1, "", BatchPlace::kAlone, {}});
  store.commit();
  CHECK(dump(*store.model) == before);
}

TEST_CASE("a batch is not committed before its last message, and a rollback leaves nothing of it") {
  Store store;
  store.put(article_of(1, 5000));
  const std::string before = dump(*store.model);
  Entry first = entry_of(2, article_of(2, 6000));
  first.place = BatchPlace::kInside;
  first.batch_id = "b1";
  store.apply(first);
  CHECK_FALSE(store.projection->whole());
  store.projection->rollback();
  CHECK(store.projection->whole());
  CHECK(dump(*store.model) == before);
  CHECK(store.body("articles.list", "{}")["count"] == 1);

  store.apply(first);
  Entry last = entry_of(3, article_of(3, 7000));
  last.place = BatchPlace::kLast;
  last.batch_id = "b1";
  CHECK(store.projection->continues_batch(last.message()));
  store.apply(last);
  CHECK(store.projection->whole());
  store.commit();
  CHECK(store.body("articles.list", "{}")["count"] == 3);
}

TEST_CASE("what is shown is answered before it is committed, and a rollback leads back to the commit") {
  Store store;
  store.put(article_of(1, 5000));
  const std::string before = dump(*store.model);
  const Checkpoint committed = store.model->checkpoint();
  store.apply(entry_of(store.next_sequence, article_of(2, 6000)));
  CHECK(store.model->checkpoint() == committed);
  store.projection->show();
  CHECK(store.projection->unshown() == 0);
  CHECK(store.projection->uncommitted() == 1);
  CHECK(store.model->checkpoint() == store.projection->pending());
  CHECK(store.body("articles.list", "{}")["count"] == 2);
  CHECK(store.body("articles.list", R"({"search":"title"})")["count"] == store.body("articles.list", "{}")["count"]);
  store.projection->rollback();
  CHECK(store.projection->uncommitted() == 0);
  CHECK(store.model->checkpoint() == committed);
  CHECK(dump(*store.model) == before);
  CHECK(store.body("articles.list", "{}")["count"] == 1);
}

TEST_CASE("a batch whose last message has expired ends where another begins") {
  Store store;
  Entry first = entry_of(1, article_of(1, 5000));
  first.place = BatchPlace::kInside;
  first.batch_id = "b1";
  store.apply(first);
  const Entry other = entry_of(9, article_of(2, 6000));
  CHECK_FALSE(store.projection->continues_batch(other.message()));
  store.projection->end_batch();
  store.commit();
  CHECK(store.model->checkpoint().sequence.value == 1);
}

TEST_CASE("an event that cannot be read is put aside and the next one is applied") {
  Store store;
  const std::vector<Entry> poison{
      {article_subject(id_of(1)), 0, "{", BatchPlace::kAlone, {}},
      {article_subject(id_of(1)), 0, "[]", BatchPlace::kAlone, {}},
      {article_subject(id_of(1)), 0, R"({"id":7,"slug":"a"})", BatchPlace::kAlone, {}},
      {article_subject(id_of(1)), 0, encode_article(article_of(2, 5000)), BatchPlace::kAlone, {}},
      {category_subject(id_of(901)), 0, "null", BatchPlace::kAlone, {}},
      {user_subject(id_of(801)), 0, "{\"id\":\"\xff\"}", BatchPlace::kAlone, {}},
      {course_subject(id_of(601)), 0, R"({"id":"x"})", BatchPlace::kAlone, {}},
      {group_subject(id_of(701)), 0, "{}", BatchPlace::kAlone, {}},
      {std::string(kEpochSubject), 0, R"({"epoch":"UPPER"})", BatchPlace::kAlone, {}},
  };
  for (const auto& event : poison) store.put(event.subject, event.payload);
  CHECK(store.model->checkpoint().poisoned == poison.size());
  CHECK(store.projection->take_complaints().size() == poison.size());
  store.put("log.later.01", "{}");
  store.put("else", "");
  CHECK(store.model->checkpoint().skipped == 2);
  store.put(article_of(1, 5000));
  CHECK(store.slugs("{}") == std::vector<std::string>{"article-1"});
  CHECK(store.model->checkpoint().sequence.value == poison.size() + 3);
}

TEST_CASE("what was touched is told once, claims are not") {
  Store store;
  store.put(std::string(kEpochSubject), R"({"epoch":"abcd1234"})");
  store.put(article_of(1, 5000));
  store.put(article_of(1, 5000));
  store.put("log.slug.article.article-1", R"({"id":"x"})");
  store.put(token_subject(id_of(5)), "{}");
  const auto touched = store.projection->take_touched();
  CHECK(touched == std::set<Touched>{{EntityKind::kArticle, id_of(1)}, {EntityKind::kToken, id_of(5)}});
  CHECK(store.projection->take_touched().empty());
  CHECK(store.model->checkpoint().epoch == "abcd1234");
}

TEST_CASE("the pieces of a row put together are the bytes that the one renderer writes") {
  std::mt19937 random(20261121);
  const auto pick = [&random](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
  const std::array<std::string, 8> texts{"", "plain", "\"content\":", "a,\"category\":null,\"author\":{", "line\nend", "ภาษาไทย", "{\"th\":{\"", "<p>,\"language\":\"en\"</p>"};
  for (int round = 0; round < 300; ++round) {
    Article article = article_of(static_cast<std::uint64_t>(round), pick(2) * 1000);
    article.translations = {};
    for (const Language language : kLanguages) {
      if (pick(4) != 0) article.translations[language] = Translation{texts[static_cast<std::size_t>(pick(8))], texts[static_cast<std::size_t>(pick(8))], texts[static_cast<std::size_t>(pick(8))]};
    }
    if (pick(2) != 0) article.category = category_of(static_cast<std::uint64_t>(pick(3)), texts[static_cast<std::size_t>(pick(8))]);
    article.author.name = texts[static_cast<std::size_t>(pick(8))];
    const ArticlePieces pieces = cut_article(article);
    for (const Language language : kLanguages) {
      const auto& shown = pieces.shown[index_of(language)];
      const std::string category = encode_shown_category(article.category ? &*article.category : nullptr, language);
      const std::string author = encode_shown_author(article.author);
      const ArticleParts parts{pieces.head, category, author, shown.text, shown.language, pieces.times, 17};
      std::string expected;
      std::string actual;
      JsonWriter item(expected);
      append_article(item, article, language, ArticleShape::kListItem, 17);
      append_list_item(actual, parts);
      CHECK(actual == expected);
      expected.clear();
      actual.clear();
      JsonWriter full(expected);
      append_article(full, article, language, ArticleShape::kFull, 17);
      append_full(actual, parts, std::string_view(pieces.translations).substr(shown.content_at, shown.content_size), pieces.translations);
      CHECK(actual == expected);
    }
  }
}

TEST_CASE("a rebuild gives the same bytes as the events one by one, and both agree with a naive model") {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&random](unsigned count) { return random() % count; };
    std::vector<Entry> events{{std::string(kEpochSubject), 1, R"({"epoch":"abcd1234"})", BatchPlace::kAlone, {}}};
    std::map<std::string, Article> truth;
    std::vector<std::string> places;  // newest last, as the log placed them: ids of one millisecond in log order
    for (std::uint64_t sequence = 2; sequence < 400; ++sequence) {
      const unsigned what = pick(12);
      if (what == 0) {
        const Category category = category_of(pick(3), "name " + std::to_string(sequence));
        events.push_back({category_subject(category.id), sequence, encode_category(category), BatchPlace::kAlone, {}});
        continue;
      }
      if (what == 1) {
        User user;
        user.id = id_of(800);
        user.username = "writer";
        user.name = "renamed " + std::to_string(sequence);
        events.push_back({user_subject(user.id), sequence, encode_user(user), BatchPlace::kAlone, {}});
        continue;
      }
      const std::string id = id_of(1 + pick(25));
      if (what == 2) {
        events.push_back({article_subject(id), sequence, "", BatchPlace::kAlone, {}});
        truth.erase(id);
        std::erase(places, id);
        continue;
      }
      Article article = article_of(1 + pick(25), pick(3) == 0 ? 0 : 5000 + pick(4));
      article.created_at = WallTime{std::chrono::milliseconds{5000 + pick(4)}};
      article.translations[Language::kEnglish]->title = "revision " + std::to_string(sequence);
      if (pick(2) == 0) article.translations[Language::kThai] = Translation{"ฉบับ " + std::to_string(sequence), "<p>เนื้อหา</p>", ""};
      if (pick(2) == 0) article.category = category_of(pick(3), "copy " + std::to_string(sequence));
      events.push_back({article_subject(article.id), sequence, encode_article(article), BatchPlace::kAlone, {}});
      const auto sort = [](const Article& one) { return one.published_at.value_or(one.created_at); };
      const auto known = truth.find(article.id);
      if (known == truth.end() || sort(known->second) != sort(article)) {
        std::erase(places, article.id);
        places.push_back(article.id);
      }
      truth[article.id] = article;
    }

    Store one_by_one;
    for (const Entry& event : events) one_by_one.put(event.subject, event.payload);
    Store rebuilt(events);
    CHECK(dump(*rebuilt.model) == dump(*one_by_one.model));

    std::multimap<WallTime, std::string> order;  // equal keys stay in the order in which they came
    for (const std::string& id : places) order.emplace(truth[id].published_at.value_or(truth[id].created_at), id);
    for (const char* status : {"published", "draft", "all"}) {
      std::vector<std::string> expected;
      for (auto place = order.rbegin(); place != order.rend(); ++place) {
        const Article& article = truth[place->second];
        if (std::string_view(status) == "all" || name_of(article.status) == status) expected.push_back(article.slug);
      }
      const std::string parameters = R"({"page_size":100,"status":")" + std::string(status) + "\"}";
      CHECK(rebuilt.slugs(parameters) == expected);
      CHECK(rebuilt.body("articles.list", parameters)["count"] == expected.size());
      for (const char* query : {R"({"search":"revision","page_size":100,"status":")", R"({"search":"ฉบับ","page_size":100,"status":")"}) {
        CHECK(rebuilt.slugs(query + std::string(status) + "\"}") == one_by_one.slugs(query + std::string(status) + "\"}"));
      }
      CHECK(rebuilt.slugs(R"({"search":"revision","page_size":100,"status":")" + std::string(status) + "\"}") == expected);
    }
    for (const auto& [id, article] : truth) {
      const auto shown = rebuilt.body("articles.get", R"({"staff":true,"language":"th","id_or_slug":")" + id + "\"}");
      CHECK(shown["title"] == article.translations.shown(Language::kThai)->title);
      CHECK(shown["translations"].size() == (article.translations[Language::kThai] ? 2 : 1));
    }
  }
}
