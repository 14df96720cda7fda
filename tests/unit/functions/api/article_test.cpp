#include "shared/domain/article.hpp"

#include "shared/id.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"
#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

namespace {

const std::string kBody = R"({"slug":"first","translations":{"en":{"title":"First","content":"<p>Hi</p>","excerpt":"E"},"th":{"title":"หนึ่ง","content":""}}})";

Response create(Site& site, std::string body = kBody, HeaderList headers = {}) { return site.staff("POST", kArticles, std::move(body), std::move(headers)); }

std::string text_in(const Response& response, std::string_view name) { return json_text_or(json_of(response), name, ""); }
std::string id_in(const Response& response) { return text_in(response, "id"); }

Event last_event(const Site& site) {
  const auto event = parse_event(site.log.messages.back().headers);
  REQUIRE(event.ok());
  return *event;
}

void make_category(Site& site, const std::string& slug) {
  REQUIRE(site.staff("POST", kCategories, R"({"slug":")" + slug + R"(","translations":{"en":{"name":"Health"}}})").status == 201);
}

std::string body_with(const std::string& member) { return kBody.substr(0, kBody.size() - 1) + "," + member + "}"; }

}  // namespace

TEST_CASE("a created article is one batch of its slug and its event, and the answer names all of it") {
  Site site;
  const Response response = create(site);
  REQUIRE(response.status == 201);
  CHECK(site.log.batches == 1);
  REQUIRE(site.log.messages.size() == 2);
  const std::string id = id_in(response);
  CHECK(is_id(id));
  CHECK(site.log.messages[0].subject == "log.slug.article.first");
  CHECK(site.log.messages[1].subject == "log.article." + id);
  CHECK(header_of(response, "etag") == "\"abcd1234-2-" + kVersion + "-en\"");
  CHECK(header_of(response, "freshet-position") == "abcd1234-2");
  CHECK(header_of(response, "location") == kArticles + id + "/");
  const Json article = json_of(response);
  CHECK(article["status"] == "draft");
  CHECK(article["author"]["username"] == "editor");
  CHECK(article["published_at"].is_null());
  CHECK(last_event(site).type == "freshet.article.created");
  CHECK(last_event(site).languages == "en,th");
}

TEST_CASE("the event carries the request's traceparent when it is one") {
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  for (const auto& [sent, kept] : {std::pair{good, good}, {std::string("00-zz"), std::string()},
                                   {std::string("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), std::string()}}) {
    CAPTURE(sent);
    Site site;
    REQUIRE(create(site, kBody, {{"traceparent", sent}}).status == 201);
    CHECK(last_event(site).traceparent == kept);
  }
}

TEST_CASE("a slug that is taken is 409 and stores nothing; a tombstone frees it") {
  Site site;
  const Response first = create(site);
  const Response second = create(site);
  CHECK(second.status == 409);
  CHECK(json_of(second)["errors"]["slug"].size() == 1);
  CHECK(site.log.messages.size() == 2);
  CHECK(site.staff("DELETE", kArticles + id_in(first) + "/").status == 204);
  CHECK(create(site).status == 201);
}

TEST_CASE("of two writers that claim a slug at once one gets it") {
  Site site;
  Response other;
  site.log.before_store = [&] { other = create(site); };
  CHECK(create(site).status == 409);
  CHECK(other.status == 201);
}

TEST_CASE("a slug is made from the title; a taken or Thai one gets random letters") {
  Site site;
  const std::string english = R"({"translations":{"en":{"title":"Hello, World & more!","content":""}}})";
  CHECK(json_of(create(site, english))["slug"] == "hello-world-more");
  const std::string again = text_in(create(site, english), "slug");
  CHECK(again.starts_with("hello-world-more-"));
  const std::string thai = text_in(create(site, R"({"translations":{"th":{"title":"สวัสดี","content":""}}})"), "slug");
  CHECK(is_slug(thai));
  const std::string reserved = text_in(create(site, R"({"translations":{"en":{"title":"Latest","content":""}}})"), "slug");
  CHECK(reserved.starts_with("latest-"));
}

TEST_CASE("an invalid field is named and nothing is stored") {
  struct Row {
    std::string body;
    const char* field;
  };
  const auto title = [](const std::string& text) { return R"({"translations":{"en":{"title":")" + text + R"(","content":""}}})"; };
  const auto text_of = [](std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += "ก";
    return out;
  };
  const Row rows[] = {
      {body_with(R"("status":"hidden")"), "status"},
      {body_with(R"("status":3)"), "status"},
      {body_with(R"("category":"none")"), "category"},
      {body_with(R"("category":5)"), "category"},
      {body_with(R"("category":{"name":"x"})"), "category"},
      {R"({"slug":"latest","translations":{"en":{"title":"t","content":""}}})", "slug"},
      {R"({"slug":"","translations":{"en":{"title":"t","content":""}}})", "slug"},
      {R"({"slug":"Upper","translations":{"en":{"title":"t","content":""}}})", "slug"},
      {R"({"slug":7,"translations":{"en":{"title":"t","content":""}}})", "slug"},
      {R"({"slug":"x"})", "translations"},
      {R"({"translations":[]})", "translations"},
      {R"({"translations":{}})", "translations"},
      {R"({"translations":null})", "translations"},
      {R"({"translations":{"en":null}})", "translations"},
      {R"({"translations":{"de":{"title":"t","content":""}}})", "translations.de"},
      {R"({"translations":{"en":"text"}})", "translations.en"},
      {R"({"translations":{"en":{"content":"x"}}})", "translations.en.title"},
      {R"({"translations":{"en":{"title":"t"}}})", "translations.en.content"},
      {R"({"translations":{"en":{"title":"t","content":1}}})", "translations.en.content"},
      {R"({"translations":{"en":{"title":"t","content":"","excerpt":[]}}})", "translations.en.excerpt"},
      {title("  \\n "), "translations.en.title"},
      {title(""), "translations.en.title"},
      {title(text_of(201)), "translations.en.title"},
      {R"({"translations":{"en":{"title":"t","content":"","excerpt":")" + text_of(501) + "\"}}}", "translations.en.excerpt"},
      {R"({"translations":{"en":{"title":"t","content":")" + text_of((512 << 10) + 1) + "\"}}}", "translations.en.content"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body.substr(0, 120));
    Site site;
    const Response response = create(site, row.body);
    CHECK(response.status == 400);
    CHECK(json_of(response)["errors"].contains(row.field));
    CHECK(site.log.messages.empty());
  }
  Site site;
  CHECK(create(site, title(text_of(200))).status == 201);
}

TEST_CASE("content is sanitised, plain text is kept verbatim") {
  Site site;
  const Json article = json_of(create(site, R"({"translations":{"en":{"title":"<b>T</b> &","content":"<p onclick=x>Hi<script>s</script></p>","excerpt":"<i>"}}})"));
  CHECK(article["title"] == "<b>T</b> &");
  CHECK(article["excerpt"] == "<i>");
  CHECK(article["content"] == "<p>Hi</p>");
}

TEST_CASE("a patch merges inside a language and is one plain append") {
  Site site;
  const std::string id = id_in(create(site));
  const Response response = site.staff("PATCH", kArticles + "first/", R"({"translations":{"en":{"title":"Second"}}})");
  REQUIRE(response.status == 200);
  CHECK(site.log.appends == 1);
  CHECK(site.log.batches == 1);
  const Json article = json_of(response);
  CHECK(article["translations"]["en"]["title"] == "Second");
  CHECK(article["translations"]["en"]["content"] == "<p>Hi</p>");
  CHECK(article["translations"]["th"]["title"] == "หนึ่ง");
  CHECK(header_of(response, "etag") == "\"abcd1234-3-" + kVersion + "-en\"");
  CHECK(header_of(response, "freshet-position") == "abcd1234-3");
  CHECK(header_of(response, "cache-control") == "private, no-store");
}

TEST_CASE("a patch may take a language away, but not the last, nor add half of one") {
  Site site;
  REQUIRE(create(site, R"({"slug":"x","translations":{"en":{"title":"T","content":""}}})").status == 201);
  CHECK(site.staff("PATCH", kArticles + "x/", R"({"translations":{"th":{"title":"ท"}}})").status == 400);
  CHECK(site.staff("PATCH", kArticles + "x/", R"({"translations":{"en":null}})").status == 400);
  CHECK(site.staff("PATCH", kArticles + "x/", R"({"translations":{"th":{"title":"ท","content":""}}})").status == 200);
  const Response response = site.staff("PATCH", kArticles + "x/?language=en", R"({"translations":{"en":null}})");
  CHECK(response.status == 200);
  CHECK(json_of(response)["language"] == "th");
}

TEST_CASE("a put replaces what it leaves out, takes the body of a get, and needs a status") {
  Site site;
  make_category(site, "health");
  const Response made = create(site, body_with(R"("category":"health","status":"published")"));
  REQUIRE(made.status == 201);
  const std::string path = kArticles + "first/";
  const Response same = site.staff("PUT", path, made.body, {{"if-match", header_of(made, "etag")}});
  REQUIRE(same.status == 200);
  Json before = json_of(made), after = json_of(same);
  CHECK(before["category"]["slug"] == "health");
  CHECK(before == after);
  CHECK(site.staff("PUT", path, kBody).status == 400);
  const Response less = site.staff("PUT", path, R"({"status":"published","translations":{"en":{"title":"T","content":"c"}}})");
  REQUIRE(less.status == 200);
  CHECK(json_of(less)["slug"] == "first");
  CHECK(json_of(less)["category"].is_null());
  CHECK(!json_of(less)["translations"].contains("th"));
}

TEST_CASE("who has not seen the current state gets 412 with its tag and the article as it is") {
  Site site;
  const Response made = create(site);
  const std::string path = kArticles + "first/", tag = header_of(made, "etag");
  const Response first = site.staff("PATCH", path, R"({"translations":{"en":{"title":"One"}}})", {{"if-match", tag}});
  REQUIRE(first.status == 200);
  const std::size_t stored = site.log.messages.size();
  for (const char* method : {"PATCH", "PUT", "DELETE"}) {
    CAPTURE(method);
    const std::string body = method == std::string("DELETE") ? "" : body_with(R"("status":"draft")");
    const Response second = site.staff(method, path, body, {{"if-match", tag}});
    CHECK(second.status == 412);
    CHECK(header_of(second, "etag") == header_of(first, "etag"));
    CHECK(json_of(second)["current"]["title"] == "One");
  }
  CHECK(site.log.messages.size() == stored);
}

TEST_CASE("If-Match compares epoch and sequence, of any of its tags") {
  struct Row {
    const char* header;
    int status;
  };
  for (const Row& row : {Row{"*", 200}, {"\"abcd1234-2-1-en\"", 200}, {"\"abcd1234-2-9.77-th\"", 200}, {"W/\"abcd1234-2-1-en\"", 200},
                         {"\"abcd1234-1-1-en\" , \"abcd1234-2-1-en\"", 200}, {"\"abcd1234-3-1-en\"", 412}, {"\"zzzzzzzz-2-1-en\"", 412}, {"garbage", 412},
                         {"\"\"", 412}, {",,", 412}, {"", 412}}) {
    CAPTURE(row.header);
    Site site;
    REQUIRE(create(site).status == 201);
    CHECK(site.staff("PATCH", kArticles + "first/", R"({"status":"draft"})", {{"if-match", row.header}}).status == row.status);
  }
}

TEST_CASE("without If-Match a change is laid over what somebody else wrote meanwhile") {
  Site site;
  REQUIRE(create(site).status == 201);
  site.log.before_store = [&] { CHECK(site.staff("PATCH", kArticles + "first/", R"({"translations":{"en":{"title":"Theirs"}}})").status == 200); };
  const Response mine = site.staff("PATCH", kArticles + "first/", R"({"translations":{"en":{"excerpt":"Mine"}}})");
  REQUIRE(mine.status == 200);
  CHECK(json_of(mine)["translations"]["en"]["title"] == "Theirs");
  CHECK(json_of(mine)["translations"]["en"]["excerpt"] == "Mine");
}

TEST_CASE("with If-Match a change that somebody else overtook between read and append is 412") {
  Site site;
  const Response made = create(site);
  site.log.before_store = [&] { CHECK(site.staff("PATCH", kArticles + "first/", R"({"status":"published"})").status == 200); };
  const Response mine = site.staff("PATCH", kArticles + "first/", R"({"status":"draft"})", {{"if-match", header_of(made, "etag")}});
  CHECK(mine.status == 412);
  CHECK(json_of(mine)["current"]["status"] == "published");
}

TEST_CASE("a writer who is overtaken again and again is told to come later, and stored nothing") {
  Site site;
  REQUIRE(create(site).status == 201);
  int overtaken = 0;
  std::function<void()> overtake = [&] {
    ++overtaken;
    CHECK(site.staff("PATCH", kArticles + "first/", R"({"status":"published"})").status == 200);
    site.log.before_store = overtake;
  };
  site.log.before_store = overtake;
  CHECK(site.staff("PATCH", kArticles + "first/", R"({"status":"draft"})").status == 503);
  CHECK(overtaken == 5);
  CHECK(last_event(site).now == Visibility::kPublic);
}

TEST_CASE("a changed slug is one batch that claims the new and frees the old") {
  Site site;
  const std::string id = id_in(create(site));
  const Response response = site.staff("PATCH", kArticles + id + "/", R"({"slug":"second"})");
  REQUIRE(response.status == 200);
  CHECK(site.log.batches == 2);
  CHECK(site.log.appends == 0);
  CHECK(header_of(response, "freshet-position") == "abcd1234-" + std::to_string(site.log.messages.size()));
  CHECK(site.staff("PATCH", kArticles + "first/", "{}").status == 404);
  CHECK(site.staff("PATCH", kArticles + "second/", "{}").status == 200);
  CHECK(create(site).status == 201);
  CHECK(site.staff("PATCH", kArticles + "first/", R"({"slug":"second"})").status == 409);
}

TEST_CASE("publication is told by the event, and its first time is kept") {
  Site site;
  const std::string path = kArticles + id_in(create(site)) + "/";
  const std::string first = text_in(site.staff("PATCH", path, R"({"status":"published"})"), "published_at");
  CHECK(last_event(site).change == Change::kPublished);
  site.clock.advance(std::chrono::hours(1));
  CHECK(site.staff("PATCH", path, R"({"status":"draft"})").status == 200);
  CHECK(last_event(site).change == Change::kUnpublished);
  CHECK(last_event(site).before == Visibility::kPublic);
  CHECK(last_event(site).now == Visibility::kHidden);
  CHECK(json_of(site.staff("PATCH", path, R"({"status":"published"})"))["published_at"] == first);
}

TEST_CASE("a deleted article leaves a tombstone that names it, and is unknown to every change") {
  Site site;
  const std::string id = id_in(create(site, body_with(R"("status":"published")")));
  const Response gone = site.staff("DELETE", kArticles + id + "/");
  CHECK(gone.status == 204);
  CHECK(gone.body.empty());
  CHECK(header_of(gone, "freshet-position") == "abcd1234-4");
  const auto tombstone = decode_article(site.log.messages.back().payload);
  REQUIRE(tombstone.ok());
  CHECK(tombstone->deleted);
  CHECK(tombstone->slug == "first");
  CHECK(last_event(site).before == Visibility::kPublic);
  for (const std::string& key : {id, std::string("first")}) {
    for (const char* method : {"PATCH", "DELETE"}) {
      CHECK(site.staff(method, kArticles + key + "/", method == std::string("PATCH") ? "{}" : "").status == 404);
    }
    CHECK(site.staff("PUT", kArticles + key + "/", body_with(R"("status":"draft")")).status == 404);
  }
}

TEST_CASE("a renamed category is shown by the next write of its article, and counts in the tag of a 412") {
  Site site;
  make_category(site, "health");
  const Response made = create(site, body_with(R"("category":{"slug":"health","name":"ignored"})"));
  REQUIRE(made.status == 201);
  CHECK(json_of(made)["category"]["name"] == "Health");
  REQUIRE(site.staff("PATCH", kCategories + "health/", R"({"translations":{"en":{"name":"Renamed"}}})").status == 200);
  const Response late = site.staff("PATCH", kArticles + "first/", "{}", {{"if-match", "\"abcd1234-1-1-en\""}});
  CHECK(late.status == 412);
  CHECK(header_of(late, "etag") == "\"abcd1234-4-" + kVersion + ".5-en\"");
  CHECK(json_of(late)["current"]["category"]["name"] == "Renamed");
  const Response patched = site.staff("PATCH", kArticles + "first/", R"({"status":"draft"})");
  CHECK(json_of(patched)["category"]["name"] == "Renamed");
  CHECK(json_of(site.staff("PATCH", kArticles + "first/", R"({"category":null})"))["category"].is_null());
}

TEST_CASE("a repeated create with its key is the same answer, and nothing is stored twice") {
  Site site;
  const HeaderList key{{"idempotency-key", "k-1"}};
  const Response first = create(site, kBody, key);
  REQUIRE(first.status == 201);
  const std::size_t stored = site.log.messages.size();
  CHECK(header_of(first, "freshet-position") == "abcd1234-" + std::to_string(stored));
  CHECK(header_of(first, "etag") == "\"abcd1234-2-" + kVersion + "-en\"");
  REQUIRE(site.staff("PATCH", kArticles + "first/", R"({"translations":{"en":{"title":"Later"}}})").status == 200);
  const Response second = create(site, kBody, key);
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  CHECK(second.headers == first.headers);
  CHECK(site.log.messages.size() == stored + 1);
}

TEST_CASE("a key with another body is 422, and another user's key is another key") {
  Site site;
  const HeaderList key{{"idempotency-key", "k-1"}};
  REQUIRE(create(site, kBody, key).status == 201);
  CHECK(create(site, body_with(R"("status":"draft")"), key).status == 422);
  HeaderList other = key;
  other.emplace_back("authorization", "Bearer other");
  CHECK(site.call("POST", kArticles, R"({"slug":"theirs","translations":{"en":{"title":"T","content":""}}})", other).status == 201);
}

TEST_CASE("two creates with one key at once are one article") {
  Site site;
  const HeaderList key{{"idempotency-key", "k-1"}};
  const std::string body = R"({"translations":{"en":{"title":"Once","content":""}}})";
  Response other;
  site.log.before_store = [&] { other = create(site, body, key); };
  const Response mine = create(site, body, key);
  CHECK(mine.status == 201);
  CHECK(mine.body == other.body);
}

TEST_CASE("an Idempotency-Key has 1 to 255 printable characters") {
  Site site;
  CHECK(create(site, kBody, {{"idempotency-key", std::string(255, 'k')}}).status == 201);
  for (const std::string& key : {std::string(), std::string(" "), std::string(256, 'k'), std::string("\xff"), std::string("a\tb")}) {
    CHECK(create(site, kBody, {{"idempotency-key", key}}).status == 400);
  }
}

TEST_CASE("reading one article asks for what the asker may see, and hides what a store would say") {
  Site site;
  site.store.answer = Error{Errc::kNotFound, "it is a draft"};
  const Response hidden = site.call("GET", kArticles + "secret/");
  CHECK(site.store.questions.back().parameters.find("\"staff\":false") != std::string::npos);
  const std::size_t asked = site.store.questions.size();
  for (const char* key : {"%00", "..", "%2e%2e", "UPPER", "'", "*", "%3E", "%20", "%E0%B8%81", "01arz3ndektsv4rrffq69g5fav-"}) {
    CAPTURE(key);
    CHECK(site.call("GET", kArticles + key + "/").status == 404);
  }
  CHECK(site.store.questions.size() <= asked + 1);
  CHECK(json_of(hidden)["detail"] == "no such article");
  CHECK(site.staff("GET", kArticles + "secret/").status == 404);
  CHECK(site.store.questions.back().parameters.find("\"staff\":true") != std::string::npos);
}
