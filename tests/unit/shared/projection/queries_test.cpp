#include "shared/projection/queries.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <set>

#include "shared/projection/tokenizer.hpp"
#include "shared/text.hpp"
#include "tests/unit/shared/projection/fixture.hpp"

using namespace freshet;
using namespace freshet::projection_test;

namespace {

std::string cursor_of(const Json& address) {
  const auto text = address.get<std::string>();
  return text.substr(text.find("cursor=") + 7);
}

Store store_with(std::uint64_t count) {
  Store store;
  store.put(std::string(kEpochSubject), R"({"epoch":"abcd1234"})");
  for (std::uint64_t i = 1; i <= count; ++i) store.put(article_of(i, static_cast<std::int64_t>(10'000 + i)));
  return store;
}

}  // namespace

TEST_CASE("pages are numbered, linked and end in 404") {
  Store store = store_with(45);
  const auto first = store.body("articles.list", R"({"path":"/a/?language=en","page":1})");
  CHECK(first["count"] == 45);
  CHECK(first["previous"].is_null());
  CHECK(first["next"] == "/a/?language=en&page=2");
  CHECK(first["results"].size() == 20);
  CHECK(first["results"][0]["slug"] == "article-45");
  const auto last = store.body("articles.list", R"({"path":"/a/","page":3})");
  CHECK(last["next"].is_null());
  CHECK(last["previous"] == "/a/?page=2");
  CHECK(last["results"].size() == 5);
  const auto answer = store.ask("articles.list", R"({"path":"/a/","page":2})");
  REQUIRE(answer.ok());
  CHECK(answer->link == R"(</a/?page=3>; rel="next", </a/?page=1>; rel="prev")");
  struct Row {
    const char* parameters;
    Errc code;
  };
  for (const auto& row : {Row{R"({"page":4})", Errc::kNotFound}, Row{R"({"page":9223372036854775807})", Errc::kNotFound},
                          Row{R"({"page":0})", Errc::kInvalidArgument}, Row{R"({"page":"2"})", Errc::kInvalidArgument},
                          Row{R"({"page_size":0})", Errc::kInvalidArgument}, Row{R"({"language":"de"})", Errc::kInvalidArgument},
                          Row{R"({"status":"gone"})", Errc::kInvalidArgument}, Row{R"({"path":"//x y"})", Errc::kInvalidArgument},
                          Row{R"({"cursor":7})", Errc::kInvalidArgument}}) {
    CAPTURE(row.parameters);
    const auto refused = store.ask("articles.list", row.parameters);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == row.code);
  }
  CHECK(store.body("articles.list", R"({"page_size":1000})")["results"].size() == 45);
  CHECK(Store().body("articles.list", R"({"page":1})")["results"].empty());
}

TEST_CASE("a cursor that no answer gave is refused") {
  Store store = store_with(3);
  const std::string good = encode_cursor(Cursor{Walk::kForward, std::string(8, '\x01')});
  for (const std::string& bad :
       {std::string("!"), std::string("bg"), good + "AA", good.substr(1), std::string("eAAAAAAAAAAA"), good + "="}) {
    CAPTURE(bad);
    const auto refused = store.ask("articles.list", R"({"cursor":")" + bad + "\"}");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::kInvalidArgument);
    CHECK(refused.error().fields.count("cursor") == 1);
  }
  CHECK(store.ask("articles.list", R"({"cursor":")" + good + "\"}").ok());
}

TEST_CASE("keyset pages neither repeat nor hide a row while others come and go") {
  Store store = store_with(30);
  std::vector<std::string> seen;
  std::string cursor;
  std::uint64_t added = 100;
  std::string back;
  for (int pages = 0; pages < 20; ++pages) {
    const auto page = store.body("articles.list", R"({"path":"/a/","page_size":7,"cursor":")" + cursor + "\"}");
    for (const Json& item : page["results"]) seen.push_back(item["slug"].get<std::string>());
    if (!page["previous"].is_null()) back = cursor_of(page["previous"]);
    CHECK(page["previous"].is_null() == (pages == 0));
    if (page["next"].is_null()) break;
    cursor = cursor_of(page["next"]);
    // Newer ones come, and one that was shown goes.
    store.put(article_of(added, static_cast<std::int64_t>(20'000 + added)));
    ++added;
    store.put(article_subject(id_of(30 - static_cast<std::uint64_t>(pages) * 7)), "");
  }
  std::vector<std::string> expected;
  for (int i = 30; i >= 1; --i) expected.push_back("article-" + std::to_string(i));
  CHECK(seen == expected);
  // Backwards from the last page: the page before it, in list order.
  const auto before = store.body("articles.list", R"({"path":"/a/","page_size":3,"cursor":")" + back + "\"}");
  REQUIRE(before["results"].size() == 3);
  CHECK(before["results"][2]["slug"] == "article-3");
  CHECK(before["results"][0]["slug"] == "article-5");
}

TEST_CASE("articles of one millisecond are listed by their place in the log, the later first") {
  Store store;
  for (const std::uint64_t number : {5, 3, 9}) store.put(article_of(number, 7000));
  CHECK(store.slugs("{}") == std::vector<std::string>{"article-9", "article-3", "article-5"});
  store.put(article_of(3, 7000));  // an edit keeps the place
  CHECK(store.slugs("{}") == std::vector<std::string>{"article-9", "article-3", "article-5"});
}

TEST_CASE("nobody but staff sees a draft") {
  Store store;
  store.put(article_of(1, 0));
  CHECK(store.body("articles.list", "{}")["count"] == 0);
  CHECK(store.body("articles.list", R"({"search":"Title"})")["count"] == 0);
  CHECK(store.body("articles.latest", "{}").empty());
  CHECK(store.ask("articles.get", R"({"id_or_slug":"article-1"})").error().code == Errc::kNotFound);
  CHECK(store.ask("articles.get", R"({"id_or_slug":"article-1","staff":true})").ok());
  CHECK(store.body("articles.list", R"({"status":"draft","search":"title"})")["count"] == 1);
  Article published = article_of(1, 9000);
  store.put(published);
  CHECK(store.body("articles.list", "{}")["count"] == 1);
  CHECK(store.body("articles.list", R"({"status":"draft","search":"title"})")["count"] == 0);
  published.status = PublicationStatus::kDraft;
  store.put(published);
  CHECK(store.body("articles.list", "{}")["count"] == 0);
  CHECK(store.ask("articles.get", R"({"id_or_slug":")" + id_of(1) + "\"}").error().code == Errc::kNotFound);
}

TEST_CASE("a text that is missing is shown in the other language, and language says which") {
  Store store;
  store.put(article_of(1, 5000));
  for (const char* language : {"en", "th"}) {
    const auto item = store.body("articles.get", R"({"id_or_slug":"article-1","language":")" + std::string(language) + "\"}");
    CHECK(item["language"] == "en");
    CHECK(item["title"] == "Title 1");
    CHECK(item["content"] == "<p>content</p>");
  }
}

TEST_CASE("lists by category follow the article and the category's slug") {
  Store store;
  Category news = category_of(1, "News");
  store.put(news);
  Article article = article_of(1, 5000);
  article.category = news;
  store.put(article);
  store.put(article_of(2, 6000));
  CHECK(store.slugs(R"({"category":"category-1"})") == std::vector<std::string>{"article-1"});
  CHECK(store.slugs(R"({"category":"category-1","search":"title"})") == std::vector<std::string>{"article-1"});
  CHECK(store.slugs(R"({"category":"category-1","status":"all"})") == std::vector<std::string>{"article-1"});
  CHECK(store.body("articles.list", R"({"category":"unknown"})")["count"] == 0);
  news.slug = "fresh-news";
  news.names[Language::kEnglish] = "Fresh news";
  store.put(news);
  CHECK(store.body("articles.list", R"({"category":"category-1"})")["count"] == 0);
  const auto renamed = store.body("articles.list", R"({"category":"fresh-news"})");
  CHECK(renamed["results"][0]["category"] == Json::parse(R"({"slug":"fresh-news","name":"Fresh news"})"));
  article.category.reset();
  store.put(article);
  CHECK(store.body("articles.list", R"({"category":"fresh-news"})")["count"] == 0);
  CHECK(store.body("categories.list", R"({"language":"th"})")["results"] == Json::parse(R"([{"slug":"fresh-news","name":"หมวด News"}])"));
}

TEST_CASE("search finds Thai inside a sentence, one letter of it, and words without case and marks") {
  Store store;
  Article thai = article_of(1, 5000);
  thai.translations[Language::kThai] = Translation{"ประกาศผลสอบ", "<p>โรงเรียนประกาศผลการสอบ<b>ปลาย</b>ภาคของนักเรียนแล้ววันนี้</p>", ""};
  store.put(thai);
  Article french = article_of(2, 6000);
  french.translations[Language::kEnglish] = Translation{"Crème brûlée", "<p>R&amp;D at the café <em>near</em>by</p>", "Freshet news"};
  store.put(french);
  struct Row {
    const char* search;
    std::vector<std::string> found;
  };
  const std::vector<Row> rows{
      {"นักเรียน", {"article-1"}},
      {"การสอบปลายภาค", {"article-1"}},
      {"ร", {"article-1"}},
      {"ภาค นักเรียน", {"article-1"}},
      {"เรียนกา", {}},
      {"ครู", {}},
      {"creme", {"article-2"}},
      {"BRÛL", {"article-2"}},
      {"cafe", {"article-2"}},
      {"nearby", {"article-2"}},
      {"fresh", {"article-2"}},
      {"reshet", {}},
      {"R&D", {"article-2"}},
      {"title", {"article-1"}},
      {"!!!", {}},
      {"marks", {}},
      {"s1", {}},
      {"text : a", {}},
      {"\"", {}},
      {"น", {"article-1"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.search);
    std::string parameters;
    JsonWriter(parameters).begin_object().field("search", row.search).end_object();
    CHECK(store.slugs(parameters) == row.found);
    CHECK(store.body("articles.list", parameters)["count"] == row.found.size());
  }
  // What was replaced is found no more; the empty search is none.
  thai.translations[Language::kThai]->content = "<p>ปิดเทอม</p>";
  store.put(thai);
  CHECK(store.body("articles.list", R"({"search":"นักเรียน"})")["count"] == 0);
  CHECK(store.body("articles.list", R"({"search":"ปิดเทอม"})")["count"] == 1);
  CHECK(store.body("articles.list", R"({"search":"  "})")["count"] == 2);
  store.put(article_subject(id_of(1)), "");
  CHECK(store.body("articles.list", R"({"search":"ปิดเทอม"})")["count"] == 0);
}

TEST_CASE("a list's tag changes exactly when the list may have changed") {
  Store store = store_with(3);
  Category news = category_of(1, "News");
  const auto tag = [&store](const char* parameters) { return store.ask("articles.list", parameters)->etag; };
  const std::string published = tag("{}");
  CHECK(published == "\"abcd1234-4-" + kVersion + "-en\"");
  CHECK(tag(R"({"language":"th"})") == "\"abcd1234-4-" + kVersion + "-th\"");
  store.put(article_of(50, 0));
  store.put("log.slug.article.x", "{}");
  CHECK(tag("{}") == published);
  CHECK(tag(R"({"status":"all"})") == "\"abcd1234-5-" + kVersion + "-en\"");
  store.put(news);
  CHECK(tag("{}") == "\"abcd1234-7-" + kVersion + "-en\"");
  User user;
  user.id = id_of(800);
  user.username = "writer";
  store.put(user);
  CHECK(tag("{}") == "\"abcd1234-8-" + kVersion + "-en\"");
  user.password = "changed";
  store.put(user);
  CHECK(tag("{}") == "\"abcd1234-8-" + kVersion + "-en\"");
  store.put(article_subject(id_of(1)), "");
  CHECK(tag("{}") == "\"abcd1234-10-" + kVersion + "-en\"");
}

TEST_CASE("an article's tag names what it borrows once that is newer than the article") {
  Store store;
  store.put(std::string(kEpochSubject), R"({"epoch":"abcd1234"})");
  Category news = category_of(1, "News");
  store.put(news);
  Article article = article_of(1, 5000);
  article.category = news;
  store.put(article);
  const auto tag = [&store] { return store.ask("articles.get", R"({"id_or_slug":"article-1"})")->etag; };
  CHECK(tag() == "\"abcd1234-3-" + kVersion + "-en\"");
  news.names[Language::kEnglish] = "Old news";
  store.put(news);
  CHECK(tag() == "\"abcd1234-3-" + kVersion + ".4-en\"");
  CHECK(store.body("articles.get", R"({"id_or_slug":"article-1"})")["category"]["name"] == "Old news");
  store.put(article);
  CHECK(tag() == "\"abcd1234-5-" + kVersion + "-en\"");
}

TEST_CASE("profiles show their groups") {
  Store store;
  User user;
  user.id = id_of(801);
  user.username = "reader";
  user.password = "$argon2id$secret";
  user.email = "reader@example.org";
  store.put(user);
  store.put(Group{id_of(701), "College of Fish", {user.id, id_of(899)}, false});
  CHECK(store.ask("users.get", R"({"id":")" + user.id + "\"}")->body ==
        R"({"id":")" + user.id + R"(","username":"reader","name":"","avatar":"","is_staff":false,"groups":[{"id":")" + id_of(701) +
            R"(","name":"College of Fish"}]})");
  CHECK(store.body("users.list", "{}")["count"] == 1);
  CHECK(store.body("groups.list", "{}")["results"] == Json::parse(R"([{"id":")" + id_of(701) + R"(","name":"College of Fish"}])"));
  store.put(Group{id_of(701), "College of Fish", {}, false});
  CHECK(store.body("users.list", "{}")["results"][0]["groups"].empty());
  store.put(group_subject(id_of(701)), "");
  CHECK(store.body("groups.list", "{}")["count"] == 0);
  CHECK(store.ask("users.get", R"({"id":"nobody"})").error().code == Errc::kNotFound);
  CHECK(store.ask("passwords.list", "{}").error().code == Errc::kNotFound);
}

TEST_CASE("no list of articles scans the articles, and none sorts more than its page") {
  Store store = store_with(50);
  Queries::ArticleFilter published;
  Queries::ArticleFilter all;
  all.status.reset();
  Queries::ArticleFilter category = published;
  category.by_category = true;
  category.category_id = id_of(901);
  Queries::ArticleFilter category_all = category;
  category_all.status.reset();
  Queries::ArticleFilter search;
  search.by_search = true;
  search.match = "\"title\"*";
  struct Row {
    const char* name;
    Queries::ArticleFilter filter;
    const char* uses;
  };
  for (const auto& row :
       {Row{"published", published, "SEARCH article USING COVERING INDEX article_by_status (status=? AND rowid<?)"},
        Row{"all", all, "SEARCH article USING INTEGER PRIMARY KEY (rowid<?)"},
        Row{"category", category,
            "SEARCH article USING COVERING INDEX article_by_category_and_status (category_id=? AND status=? AND rowid<?)"},
        Row{"category, all", category_all, "SEARCH article USING COVERING INDEX article_by_category (category_id=? AND rowid<?)"},
        Row{"search", search, "SCAN search VIRTUAL TABLE INDEX"}}) {
    CAPTURE(row.name);
    const std::string plan = plan_of(store, Queries::list_sql(row.filter, Language::kEnglish, Walk::kForward));
    CAPTURE(plan);
    CHECK(plan.find(row.uses) != std::string::npos);
    CHECK(plan.find("SCAN article") == std::string::npos);
    CHECK(plan.find("SCAN a\n") == std::string::npos);
    CHECK(plan.find("SEARCH a USING INTEGER PRIMARY KEY (rowid=?)") != std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
  }
  const std::string plan = plan_of(store, Queries::row_sql(Language::kThai));
  CHECK(plan.find("SEARCH a USING INTEGER PRIMARY KEY (rowid=?)") != std::string::npos);
  CHECK(plan.find("SCAN") == std::string::npos);
}

namespace {

// Built in bulk: article n has its number, words that all have, and Thai whose first letter only the older half has.
Store wordy_store(std::uint64_t count) {
  std::vector<Entry> events;
  for (std::uint64_t i = 1; i <= count; ++i) {
    Article article = article_of(i, static_cast<std::int64_t>(10'000 + i));
    article.translations[Language::kEnglish] =
        Translation{"number" + std::to_string(i), "<p>the then there them that this with within and or of other words</p>", ""};
    article.translations[Language::kThai] = Translation{i <= count / 2 ? "ฮกขฮคฮง" : "กขคง", "<p>การเรียนการสอนที่โรงเรียนของเรา</p>", ""};
    events.push_back({article_subject(article.id), i, encode_article(article), BatchPlace::kAlone, {}});
  }
  return Store(events);
}

struct Work {
  std::int64_t steps = 0;  // of SQLite's machine
  std::int64_t pages = 0;  // asked of its cache: what FTS5 reads inside one step
};

Work work_of(Store& store, std::string_view search, std::string_view more = "") {
  Work work;
  sqlite3* handle = store.model->database().handle();
  const auto pages = [handle] {
    std::int64_t sum = 0;
    for (const int what : {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS}) {
      int now = 0;
      int highest = 0;
      REQUIRE(sqlite3_db_status(handle, what, &now, &highest, 0) == SQLITE_OK);
      sum += now;
    }
    return sum;
  };
  const std::int64_t before = pages();
  sqlite3_progress_handler(handle, 1, [](void* steps) { return static_cast<int>(++*static_cast<std::int64_t*>(steps) < 0); }, &work.steps);
  std::string parameters;
  JsonWriter(parameters).begin_object().field("search", search).end_object();
  parameters.insert(parameters.size() - 1, more);
  REQUIRE(store.ask("articles.list", parameters).ok());
  sqlite3_progress_handler(handle, 0, nullptr, nullptr);
  work.pages = pages() - before;
  return work;
}

}  // namespace

TEST_CASE("a search does bounded work, however many articles it matches") {
  Store some = wordy_store(2'000);
  Store many = wordy_store(8'000);
  for (const std::string search : {"ก", "ร",  "ฮ",     "ที่",   "การ", "การเรียน", "t",    "th",    "the",    "o",     "w",
                                   "1", "12", "t ก w", "a-t", "zzz", "ษ",       "then", "there", "within", "number"}) {
    for (const std::string more : {"", R"(,"page":50)", R"(,"cursor":"")", R"(,"status":"draft")", R"(,"status":"all")"}) {
      CAPTURE(search);
      CAPTURE(more);
      // What is far down, or matches nothing, has nothing to number.
      if (more.starts_with(",\"page\"") && some.body("articles.list", R"({"search":")" + search + "\"}")["count"] < Queries::kSearchCounted)
        continue;
      const Work few = work_of(some, search, more);
      const Work lot = work_of(many, search, more);
      CAPTURE(few.pages);
      CAPTURE(lot.pages);
      CAPTURE(few.steps);
      CAPTURE(lot.steps);
      CHECK(lot.steps < 8 * Queries::kSearchCounted);
      CHECK(lot.pages < 400);
    }
  }
}

TEST_CASE("a search counts and numbers a thousand matches; its cursor goes on to the last") {
  Store store = wordy_store(1'030);
  const auto page = store.body("articles.list", R"({"search":"การ","page":50,"path":"/a/"})");
  CHECK(page["count"] == Queries::kSearchCounted);
  CHECK(page["results"].size() == 20);
  CHECK(page["results"][0]["slug"] == "article-50");
  CHECK(page["next"].is_null());
  CHECK(store.ask("articles.list", R"({"search":"การ","page":51})").error().code == Errc::kNotFound);
  std::string cursor;
  std::vector<std::string> seen;
  for (int pages = 0; pages < 20; ++pages) {
    const auto part = store.body("articles.list", R"({"search":"การ","page_size":100,"path":"/a/","cursor":")" + cursor + "\"}");
    for (const Json& item : part["results"]) seen.push_back(item["slug"].get<std::string>());
    if (part["next"].is_null()) break;
    cursor = cursor_of(part["next"]);
  }
  REQUIRE(seen.size() == 1'030);
  CHECK(seen.front() == "article-1030");
  CHECK(seen.back() == "article-1");
  CHECK(store.body("articles.list", R"({"search":"number7"})")["count"] == 111);
}
