#include "functions/api/http.hpp"

#include <doctest/doctest.h>

using namespace freshet;
using namespace freshet::api;

namespace {
struct Row {
  const char* target;
  std::vector<std::string> segments;
};
}  // namespace

TEST_CASE("a path is its decoded segments, with or without a last slash") {
  const Row rows[] = {{"/", {}},
                      {"/healthz", {"healthz"}},
                      {"/healthz/", {"healthz"}},
                      {"/api/content/?x=1", {"api", "content"}},
                      {"/api/a%2Fb/", {"api", "a/b"}},
                      {"/api/a+b", {"api", "a+b"}},
                      {"/api/%E0%B8%81", {"api", "\u0e01"}},
                      {"/api/%2e%2e/x", {"api", "..", "x"}}};
  for (const Row& row : rows) {
    CAPTURE(row.target);
    Request request;
    request.target = row.target;
    REQUIRE(parse_target(request).ok());
    CHECK(request.segments == row.segments);
  }
}

TEST_CASE("a path that can name nothing is not found") {
  for (const std::string target : {"", "*", "healthz", "//", "//api", "/api//x", "/api/x//", "/%", "/%z0", "/%0", "/%00", "/%ff", "/%c0%af", "http://x/"}) {
    CAPTURE(target);
    Request request;
    request.target = target;
    const auto parsed = parse_target(request);
    REQUIRE(!parsed.ok());
    CHECK(parsed.error().code == Errc::kNotFound);
  }
}

TEST_CASE("query values are decoded and the last of a name wins") {
  Request request;
  request.target = "/x?a=1&b=%E0%B8%81+c&&a=2&empty=&bare";
  REQUIRE(parse_target(request).ok());
  CHECK(*request.query_value("a") == "2");
  CHECK(*request.query_value("b") == "\u0e01 c");
  CHECK(request.query_value("empty")->empty());
  CHECK(request.query_value("bare")->empty());
  CHECK(request.query_value("other") == nullptr);
}

TEST_CASE("a query that is no percent-encoded UTF-8 is refused") {
  for (const char* target : {"/x?%", "/x?a=%zz", "/x?a=%00", "/x?a=%ff%fe", "/x?%c0%af=1", "/x?a=1&b=%E0%B8"}) {
    CAPTURE(target);
    Request request;
    request.target = target;
    const auto parsed = parse_target(request);
    REQUIRE(!parsed.ok());
    CHECK(parsed.error().code == Errc::kInvalidArgument);
  }
}

TEST_CASE("what percent_encode made is decoded to the same text") {
  const std::string text = "a b+c&d=\"\u0e01\"/?#%~";
  Request request;
  request.target = "/x?q=" + percent_encode(text);
  REQUIRE(parse_target(request).ok());
  CHECK(*request.query_value("q") == text);
}
