#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

namespace {
const std::string kBody = R"({"slug":"health","translations":{"en":{"name":"Health"},"th":{"name":"สุขภาพ"}}})";
}

TEST_CASE("a category is created, shown in the asked language, renamed and moved to another slug") {
  Site site;
  const Response made = site.staff("POST", kCategories, kBody);
  REQUIRE(made.status == 201);
  const std::string id = json_text_or(json_of(made), "id", "");
  CHECK(header_of(made, "location") == kCategories + id + "/");
  CHECK(site.call("GET", kCategories + "health/").body == R"({"slug":"health","name":"Health"})");
  CHECK(site.call("GET", kCategories + id + "/?language=th").body == R"({"slug":"health","name":"สุขภาพ"})");
  CHECK(json_of(site.staff("GET", kCategories + "health/")).contains("translations"));
  const Response renamed = site.staff("PATCH", kCategories + "health/", R"({"translations":{"en":{"name":"Well-being"}}})");
  CHECK(json_of(renamed)["name"] == "Well-being");
  CHECK(json_of(renamed)["translations"]["th"]["name"] == "สุขภาพ");
  CHECK(site.log.appends == 1);
  CHECK(site.staff("PATCH", kCategories + "health/", R"({"slug":"well-being"})").status == 200);
  CHECK(site.call("GET", kCategories + "health/").status == 404);
  CHECK(site.call("GET", kCategories + "well-being/").status == 200);
  CHECK(site.staff("POST", kCategories, kBody).status == 201);
  CHECK(site.staff("PATCH", kCategories + "health/", R"({"slug":"well-being"})").status == 409);
}

TEST_CASE("a category read again is 304, and a change that did not see it is 412 with what it is") {
  Site site;
  const Response made = site.staff("POST", kCategories, kBody);
  const std::string tag = header_of(made, "etag");
  CHECK(site.call("GET", kCategories + "health/", {}, {{"if-none-match", tag}}).status == 304);
  REQUIRE(site.staff("PUT", kCategories + "health/", R"({"translations":{"en":{"name":"New"}}})", {{"if-match", tag}}).status == 200);
  const Response late = site.staff("PATCH", kCategories + "health/", "{}", {{"if-match", tag}});
  CHECK(late.status == 412);
  CHECK(json_of(late)["current"]["name"] == "New");
  CHECK(!json_of(late)["current"]["translations"].contains("th"));
}

TEST_CASE("an invalid category is refused by field and its slug stays free") {
  struct Row {
    const char* body;
    const char* field;
  };
  for (const Row& row : {Row{R"({"slug":"health"})", "translations"}, {R"({"translations":{}})", "translations"}, {R"({"translations":{"en":{}}})", "translations.en.name"},
                         {R"({"translations":{"en":{"name":" "}}})", "translations.en.name"}, {R"({"translations":{"en":"x"}})", "translations.en"},
                         {R"({"translations":{"de":{"name":"x"}}})", "translations.de"}, {R"({"slug":"latest","translations":{"en":{"name":"x"}}})", "slug"}}) {
    CAPTURE(row.body);
    Site site;
    const Response response = site.staff("POST", kCategories, row.body);
    CHECK(response.status == 400);
    CHECK(json_of(response)["errors"].contains(row.field));
    CHECK(site.log.messages.empty());
  }
}

TEST_CASE("only staff changes categories, and a repeated create with its key is one category") {
  Site site;
  CHECK(site.call("POST", kCategories, kBody).status == 401);
  CHECK(site.call("POST", kCategories, kBody, {{"authorization", "Bearer reader"}}).status == 403);
  const Response first = site.staff("POST", kCategories, kBody, {{"idempotency-key", "c"}});
  const Response second = site.staff("POST", kCategories, kBody, {{"idempotency-key", "c"}});
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  CHECK(second.headers == first.headers);
}

TEST_CASE("a category without a slug gets one from its name, and a Thai one a generated one") {
  Site site;
  CHECK(json_of(site.staff("POST", kCategories, R"({"translations":{"en":{"name":"Good Food"}}})"))["slug"] == "good-food");
  const std::string again = json_text_or(json_of(site.staff("POST", kCategories, R"({"translations":{"en":{"name":"Good Food"}}})")), "slug", "");
  CHECK(again.starts_with("good-food-"));
  CHECK(site.staff("POST", kCategories, R"({"translations":{"th":{"name":"อาหาร"}}})").status == 201);
}
