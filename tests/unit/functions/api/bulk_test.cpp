#include "shared/id.hpp"
#include "shared/limits.hpp"
#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

namespace {

std::vector<std::string> make_articles(Site& site, int count, std::size_t content_bytes = 3) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    const std::string content(content_bytes, 'c');
    const Response made = site.staff("POST", kArticles, R"({"translations":{"en":{"title":"T","content":")" + content + "\"}}}");
    REQUIRE(made.status == 201);
    ids.push_back(json_text_or(json_of(made), "id", ""));
  }
  return ids;
}

std::string body_of(const std::vector<std::string>& ids) { return Json{{"ids", ids}}.dump(); }

std::string status_of(Site& site, const std::string& id) {
  const auto logged = site.log.read("log.article." + id);
  REQUIRE(logged.ok());
  return json_text_or(*parse_json_object(logged->payload), "status", "");
}

}  // namespace

TEST_CASE("publishing many is one batch, and the position is its last event") {
  Site site;
  const auto ids = make_articles(site, 7);
  const int batches = site.log.batches;
  const Response response = site.staff("POST", kArticles + "publish/", body_of(ids));
  REQUIRE(response.status == 200);
  CHECK(site.log.batches == batches + 1);
  CHECK(header_of(response, "freshet-position") == "abcd1234-" + std::to_string(site.log.messages.size()));
  CHECK(json_of(response)["changed"] == 7);
  for (const std::string& id : ids) CHECK(status_of(site, id) == "published");
  CHECK(site.staff("POST", kArticles + "unpublish/", body_of(ids)).status == 200);
  for (const std::string& id : ids) CHECK(status_of(site, id) == "draft");
}

TEST_CASE("an unknown or deleted id is named and changes nothing") {
  Site site;
  const auto ids = make_articles(site, 3);
  REQUIRE(site.staff("DELETE", kArticles + ids[2] + "/").status == 204);
  const std::string unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  const std::size_t stored = site.log.messages.size();
  const Response response = site.staff("POST", kArticles + "publish/", body_of({ids[0], unknown, ids[1], ids[2]}));
  CHECK(response.status == 404);
  CHECK(response.body.find(unknown) != std::string::npos);
  CHECK(response.body.find(ids[2]) != std::string::npos);
  CHECK(response.body.find(ids[0]) == std::string::npos);
  CHECK(site.log.messages.size() == stored);
}

TEST_CASE("what is already as wanted is not written again") {
  Site site;
  const auto ids = make_articles(site, 3);
  REQUIRE(site.staff("POST", kArticles + "publish/", body_of({ids[1]})).status == 200);
  const std::size_t stored = site.log.messages.size();
  CHECK(json_of(site.staff("POST", kArticles + "publish/", body_of({ids[0], ids[1], ids[0], ids[2]})))["changed"] == 2);
  CHECK(site.log.messages.size() == stored + 2);
  const Response nothing = site.staff("POST", kArticles + "publish/", body_of(ids));
  CHECK(nothing.status == 200);
  CHECK(header_of(nothing, "freshet-position") == "abcd1234-" + std::to_string(stored + 2));
  CHECK(site.log.messages.size() == stored + 2);
}

TEST_CASE("a bulk call takes 1 to 500 ids and nothing else") {
  Site site;
  std::vector<std::string> ids;
  for (int i = 0; i < 500; ++i) ids.push_back(make_id(site.clock.wall(), site.random));
  CHECK(site.staff("POST", kArticles + "publish/", body_of(ids)).status == 404);
  ids.push_back(make_id(site.clock.wall(), site.random));
  CHECK(site.staff("POST", kArticles + "publish/", body_of(ids)).status == 400);
  for (const char* body : {R"({"ids":[]})", R"({})", R"([])", R"({"ids":"all"})", R"({"ids":[7]})", R"({"ids":["not-an-id"]})", R"({"ids":[null]})"}) {
    CAPTURE(body);
    CHECK(site.staff("POST", kArticles + "publish/", body).status == 400);
  }
}

TEST_CASE("a batch holds 32 MiB of events and not more") {
  Site site;
  const auto ids = make_articles(site, 65, 512 << 10);
  const std::vector<std::string> fewer(ids.begin(), ids.begin() + 60);
  CHECK(site.staff("POST", kArticles + "publish/", body_of(ids)).status == 413);
  CHECK(status_of(site, ids[0]) == "draft");
  CHECK(site.staff("POST", kArticles + "publish/", body_of(fewer)).status == 200);
}

TEST_CASE("a bulk call that is overtaken starts again from what is there now") {
  Site site;
  const auto ids = make_articles(site, 2);
  site.log.before_store = [&] {
    CHECK(site.staff("PATCH", kArticles + ids[0] + "/", R"({"translations":{"en":{"title":"Theirs"}}})").status == 200);
  };
  REQUIRE(site.staff("POST", kArticles + "publish/", body_of(ids)).status == 200);
  const auto logged = site.log.read("log.article." + ids[0]);
  CHECK((*parse_json_object(logged->payload))["translations"]["en"]["title"] == "Theirs");
  CHECK(status_of(site, ids[0]) == "published");
}

TEST_CASE("a repeated bulk call with its key does nothing twice, even when it had nothing to do") {
  for (const int count : {2, 0}) {
    CAPTURE(count);
    Site site;
    auto ids = make_articles(site, 2);
    if (count == 0) REQUIRE(site.staff("POST", kArticles + "publish/", body_of(ids)).status == 200);
    const HeaderList key{{"idempotency-key", "bulk"}};
    const Response first = site.staff("POST", kArticles + "publish/", body_of(ids), key);
    REQUIRE(first.status == 200);
    CHECK(json_of(first)["changed"] == count);
    REQUIRE(site.staff("POST", kArticles + "unpublish/", body_of(ids)).status == 200);
    const std::size_t stored = site.log.messages.size();
    const Response second = site.staff("POST", kArticles + "publish/", body_of(ids), key);
    CHECK(second.body == first.body);
    CHECK(second.headers == first.headers);
    CHECK(site.log.messages.size() == stored);
    CHECK(site.staff("POST", kArticles + "publish/", body_of({ids[0]}), key).status == 422);
  }
}
