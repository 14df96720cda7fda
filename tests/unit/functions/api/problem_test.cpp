#include "functions/api/problem.hpp"

#include <doctest/doctest.h>

using namespace freshet;
using namespace freshet::api;

TEST_CASE("every kind of error is a problem with its status, type, title and detail") {
  for (const ErrcInfo& row : kErrcTable) {
    CAPTURE(row.name);
    const Response response = problem(Error{row.code, "what \"came\"", {}, 7});
    CHECK(response.status == row.http_status);
    CHECK(*find_header(response.headers, "Content-Type") == "application/problem+json");
    CHECK(*find_header(response.headers, "Cache-Control") == "no-store");
    CHECK((find_header(response.headers, "Retry-After") != nullptr) == (row.retry == Retry::kLater));
    CHECK((find_header(response.headers, "WWW-Authenticate") != nullptr) == (row.http_status == 401));
    const auto body = parse_json_object(response.body);
    REQUIRE(body.ok());
    CHECK(json_integer(*body, "status") == row.http_status);
    CHECK(*json_text(*body, "title") == row.title);
    CHECK(*json_text(*body, "type") == std::string("urn:freshet:problem:") + row.name);
    CHECK(*json_text(*body, "detail") == "what \"came\"");
    CHECK(json_member(*body, "errors") == nullptr);
  }
}

TEST_CASE("bad fields are listed with every reason, and a caller may add a member") {
  const Response response =
      problem_with(Error{Errc::kInvalidArgument, "not valid", {{"slug", {"too long", "reserved"}}, {"status", {"unknown"}}}}, "current", "{\"a\":1}");
  const auto body = parse_json_object(response.body);
  REQUIRE(body.ok());
  CHECK((*body)["errors"]["slug"].size() == 2);
  CHECK((*body)["errors"]["status"][0] == "unknown");
  CHECK((*body)["current"]["a"] == 1);
}
