#include "functions/api/page.hpp"

#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

namespace {
struct Row {
  const char* query;
  const char* parameters;  // nullptr: refused
};
}  // namespace

TEST_CASE("page parameters reach the store, or are refused by name") {
  const Row rows[] = {
      {"", R"({"page":1,"page_size":20})"},
      {"?page=3&page_size=5", R"({"page":3,"page_size":5})"},
      {"?page_size=100", R"({"page":1,"page_size":100})"},
      {"?page_size=101", R"({"page":1,"page_size":100})"},
      {"?page_size=99999999999999999999", R"({"page":1,"page_size":100})"},
      {"?cursor=", R"({"cursor":"","page_size":20})"},
      {"?cursor=abc&page_size=7", R"({"cursor":"abc","page_size":7})"},
      {"?page=0", nullptr},
      {"?page=-1", nullptr},
      {"?page=x", nullptr},
      {"?page=", nullptr},
      {"?page=1.5", nullptr},
      {"?page=%2B1", nullptr},
      {"?page=99999999999999999999", nullptr},
      {"?page_size=0", nullptr},
      {"?page_size=", nullptr},
      {"?page_size=1e1", nullptr},
      {"?page=1&cursor=", nullptr},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query);
    Request request;
    request.target = std::string("/x") + row.query;
    REQUIRE(parse_target(request).ok());
    const auto page = parse_page(request);
    REQUIRE(page.ok() == (row.parameters != nullptr));
    if (!page.ok()) {
      CHECK(page.error().code == Errc::kInvalidArgument);
      CHECK(page.error().fields.size() == 1);
      continue;
    }
    std::string out;
    JsonWriter writer(out);
    writer.begin_object();
    append_page(writer, *page);
    writer.end_object();
    CHECK(out == row.parameters);
  }
}

TEST_CASE("a list's links keep what picks its articles, and nothing else") {
  Site site;
  CHECK(site.call("GET", kArticles + "?page=2&category=health&search=a%26b+c&unknown=1&page_size=5&language=th").status == 200);
  const auto parameters = parse_json_object(site.store.questions.back().parameters);
  REQUIRE(parameters.ok());
  CHECK(*json_text(*parameters, "path") == kArticles + "?language=th&category=health&search=a%26b%20c&page_size=5");
  CHECK(*json_text(*parameters, "search") == "a&b c");
  CHECK(*json_text(*parameters, "category") == "health");
  CHECK(json_integer(*parameters, "page") == 2);
}

TEST_CASE("the status filter is for staff; nobody else's reaches the store") {
  Site site;
  for (const char* token : {"", "Bearer reader"}) {
    HeaderList headers;
    if (*token != '\0') headers.emplace_back("authorization", token);
    CHECK(site.call("GET", kArticles + "?status=draft", {}, headers).status == 200);
    CHECK(site.store.questions.back().parameters.find("status\":") == std::string::npos);
  }
  CHECK(site.staff("GET", kArticles + "?status=draft").status == 200);
  CHECK(site.store.questions.back().parameters.find("\"status\":\"draft\"") != std::string::npos);
  CHECK(site.staff("GET", kArticles + "?status=hidden").status == 400);
}

TEST_CASE("a search may have 200 characters, a language must be one of ours, by_category needs one") {
  Site site;
  std::string thai;
  for (int i = 0; i < 200; ++i) thai += "%E0%B8%81";
  CHECK(site.call("GET", kArticles + "?search=" + thai).status == 200);
  CHECK(site.call("GET", kArticles + "?search=" + thai + "x").status == 400);
  CHECK(site.call("GET", kArticles + "?language=de").status == 400);
  CHECK(site.call("GET", kArticles + "latest/?language=de").status == 400);
  CHECK(site.call("GET", kArticles + "by_category/").status == 400);
  CHECK(site.call("GET", kArticles + "by_category/?category=x").status == 200);
}
