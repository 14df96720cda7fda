// The served documents against the route table: what exists is documented, and nothing else is.
#include "functions/api/documents.hpp"

#include <algorithm>
#include <set>

#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

namespace {

using Operations = std::set<std::string>;  // "GET /path/"

Json document(std::string_view text) {
  auto parsed = parse_json(text);
  REQUIRE(parsed.ok());
  return *parsed;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return text;
}

Operations documented(const Json& openapi) {
  Operations out;
  for (const auto& [path, item] : openapi["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method != "parameters") out.insert(upper(method) + ' ' + path);
    }
  }
  return out;
}

template <typename Visit>
void each_operation(const Json& openapi, Visit visit) {
  for (const auto& [path, item] : openapi["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method != "parameters") visit(path, upper(method), operation);
    }
  }
}

// Every `$ref` of the document.
void collect_references(const Json& json, std::set<std::string>& out) {
  if (const std::string* target = json.is_object() ? json_text(json, "$ref") : nullptr) out.insert(*target);
  if (json.is_structured()) {
    for (const Json& inner : json) collect_references(inner, out);
  }
}

}  // namespace

TEST_CASE("every route is documented and every documented call is a route") {
  Operations routed;
  for (const Route& route : Site::routes()) routed.insert(std::string(name_of(route.method)) + ' ' + std::string(route.pattern));
  const Operations told = documented(document(openapi_document()));
  for (const std::string& operation : routed) CHECK_MESSAGE(told.contains(operation), operation, " is not documented");
  for (const std::string& operation : told) CHECK_MESSAGE(routed.contains(operation), operation, " is documented but does not exist");
}

TEST_CASE("what a call is documented to need is what its route needs") {
  const Json openapi = document(openapi_document());
  for (const Route& route : Site::routes()) {
    const std::string path(route.pattern);
    std::string method(name_of(route.method));
    for (char& c : method) c = ascii_lower(c);
    CAPTURE(method);
    CAPTURE(path);
    const Json& operation = openapi["paths"][path][method];
    const Json& security = operation["security"];
    REQUIRE(security.is_array());
    const bool anonymous = security.empty() || std::any_of(security.begin(), security.end(), [](const Json& one) { return one.empty(); });
    CHECK(anonymous == (route.access == Access::kAnyone || route.access == Access::kPublic));
    CHECK(security.empty() == (route.access == Access::kAnyone));
    if (route.access == Access::kStaff) CHECK(operation["responses"].contains("403"));
    if (operation.contains("requestBody")) CHECK(route.body_bytes_max > 0);
    CHECK(operation["responses"].contains("413") == (route.body_bytes_max > 0));
  }
}

TEST_CASE("every path parameter is declared, every operation named once, every reference leads somewhere") {
  for (const std::string_view text : {openapi_document(), asyncapi_document()}) {
    const Json json = document(text);
    std::set<std::string> references;
    collect_references(json, references);
    CHECK(!references.empty());
    for (const std::string& reference : references) {
      CAPTURE(reference);
      REQUIRE(reference.starts_with("#/"));
      CHECK(json.contains(Json::json_pointer(reference.substr(1))));
    }
  }
  const Json openapi = document(openapi_document());
  std::set<std::string> names;
  each_operation(openapi, [&](const std::string& path, const std::string&, const Json& operation) {
    CAPTURE(path);
    CHECK(names.insert(json_text_or(operation, "operationId", "")).second);
    std::set<std::string> declared;
    if (openapi["paths"][path].contains("parameters")) {
      for (const Json& parameter : openapi["paths"][path]["parameters"]) {
        const Json& target = openapi[Json::json_pointer(json_text_or(parameter, "$ref", "#").substr(1))];
        declared.insert(json_text_or(target, "name", ""));
      }
    }
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
      CHECK(declared.erase(path.substr(at + 1, path.find('}', at) - at - 1)) == 1);
    }
    CHECK(declared.empty());
  });
}

TEST_CASE("an article, a page and a problem have the members their schemas require") {
  Site site;
  const Json schemas = document(openapi_document())["components"]["schemas"];
  const auto check = [&](const char* name, const Json& value) {
    CAPTURE(name);
    for (const Json& member : schemas[name]["required"]) {
      CAPTURE(member.dump());
      CHECK(value.contains(member.get<std::string>()));
    }
    for (const auto& [member, inner] : value.items()) {
      CAPTURE(member);
      CHECK(schemas[name]["properties"].contains(member));
    }
  };
  const Response made = site.staff("POST", kArticles, R"({"slug":"x","translations":{"en":{"title":"T","content":""}}})");
  check("Article", json_of(made));
  check("BulkAnswer", json_of(site.staff("POST", kArticles + "publish/", R"({"ids":[)" + json_of(made)["id"].dump() + "]}")));
  check("CategoryForStaff", json_of(site.staff("POST", kCategories, R"({"translations":{"en":{"name":"N"}}})")));
  check("Problem", json_of(site.staff("POST", kArticles, "{}")));
  check("Health", json_of(site.staff("GET", "/api/admin/health/")));
  check("ArticlePage", json_of(site.call("GET", kArticles)));
}

TEST_CASE("both streams of the articles are documented with every event they send") {
  const Json asyncapi = document(asyncapi_document());
  CHECK(asyncapi["asyncapi"] == "3.0.0");
  for (const char* language : {"en", "th"}) {
    const Json& channel = asyncapi["channels"][std::string("articles_") + language];
    CHECK(channel["address"] == std::string("/api/content/events/article-updates-") + language + "/");
    CHECK(channel["messages"].size() == 5);
  }
}

TEST_CASE("the courses are documented on both transports, with one payload for both") {
  const Json asyncapi = document(asyncapi_document());
  const Json& sse = asyncapi["channels"]["courses_sse"];
  const Json& socket = asyncapi["channels"]["courses_websocket"];
  CHECK(sse["address"] == "/events/courses/");
  CHECK(socket["address"] == "/ws/courses/");
  for (const char* message : {"change", "gone"}) CHECK(sse["messages"][message] == socket["messages"][message]);
  const Json schemas = document(openapi_document())["components"]["schemas"];
  CHECK(asyncapi["components"]["messages"]["courseChange"]["payload"]["properties"]["course"]["required"] == schemas["Course"]["required"]);
  Site site;
  const Json made = json_of(site.staff("POST", kCourses, R"({"title":"T","description":"","status":"published"})"));
  for (const Json& member : schemas["Course"]["required"]) CHECK(made.contains(member.get<std::string>()));
  CHECK(made.size() == schemas["Course"]["properties"].size());
}

TEST_CASE("the documents and the keys are served to everybody") {
  Site site;
  CHECK(site.call("GET", "/api/openapi.json").body == openapi_document());
  CHECK(site.call("GET", "/api/asyncapi.json").body == asyncapi_document());
  const Json keys = json_of(site.call("GET", "/.well-known/jwks.json"))["keys"];
  REQUIRE(keys.size() == 1);
  CHECK(keys[0]["crv"] == "Ed25519");
  CHECK(!keys[0].contains("d"));
}
