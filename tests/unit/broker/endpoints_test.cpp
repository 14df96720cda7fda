#include "broker/server/endpoints.hpp"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

using namespace freshet;
using namespace freshet::broker;

TEST_CASE("a path is an endpoint with and without its last slash, and nothing else is") {
  struct Row {
    std::string_view path;
    Endpoint::Kind kind;
    std::string_view channel;
  };
  using Kind = Endpoint::Kind;
  for (const Row& row : std::vector<Row>{{"/api/content/events/article-updates-en/", Kind::kStream, "articles:en"},
                                         {"/api/content/events/article-updates-th", Kind::kStream, "articles:th"},
                                         {"/events/article-updates-en", Kind::kStream, "articles:en"},
                                         {"/events/article-updates-th/", Kind::kStream, "articles:th"},
                                         {"/events/courses/", Kind::kStream, "courses"},
                                         {"/events/courses", Kind::kStream, "courses"},
                                         {"/events/course/", Kind::kNone, ""},
                                         {"/ws/courses/", Kind::kSocket, "courses"},
                                         {"/ws/courses", Kind::kSocket, "courses"},
                                         {"/ws/nothing/", Kind::kNoSocket, ""},
                                         {"/ws", Kind::kNone, ""},
                                         {"/healthz", Kind::kHealth, ""},
                                         {"/readyz/", Kind::kReady, ""},
                                         {"/metrics", Kind::kMetrics, ""},
                                         {"/", Kind::kNone, ""},
                                         {"/events/", Kind::kNone, ""},
                                         {"/events/article-updates-de/", Kind::kNone, ""},
                                         {"/events/article-updates-en//", Kind::kNone, ""},
                                         {"/EVENTS/article-updates-en/", Kind::kNone, ""},
                                         {"/events/article-updates-en/x", Kind::kNone, ""}}) {
    CAPTURE(row.path);
    CHECK(find_endpoint(row.path).kind == row.kind);
    CHECK(find_endpoint(row.path).channel == row.channel);
  }
}

TEST_CASE("pages of our own origin and of the configured ones may open streams, others may not") {
  const std::vector<std::string> allowed{"https://site.example"};
  struct Row {
    std::string_view origin;
    OriginCheck check;
  };
  for (const Row& row : std::vector<Row>{{"", OriginCheck::kAbsent},
                                         {"https://site.example", OriginCheck::kAllowed},
                                         {"http://own.example:8080", OriginCheck::kAllowed},
                                         {"https://OWN.example:8080", OriginCheck::kAllowed},
                                         {"http://own.example", OriginCheck::kRefused},
                                         {"http://site.example", OriginCheck::kRefused},
                                         {"https://site.example.evil", OriginCheck::kRefused},
                                         {"https://site.example:444", OriginCheck::kRefused},
                                         {"null", OriginCheck::kRefused},
                                         {"own.example:8080", OriginCheck::kRefused}}) {
    CAPTURE(row.origin);
    CHECK(check_origin(row.origin, "own.example:8080", allowed) == row.check);
  }
  CHECK(check_origin("http://", "", allowed) == OriginCheck::kRefused);
}

TEST_CASE("an allowed origin is named in the answer, and no answer is for all origins") {
  const auto headers = cors_headers(OriginCheck::kAllowed, "https://site.example");
  CHECK(*find_header(headers, "access-control-allow-origin") == "https://site.example");
  CHECK(*find_header(headers, "vary") == "Origin");
  CHECK(find_header(cors_headers(OriginCheck::kAbsent, ""), "access-control-allow-origin") == nullptr);
  CHECK(find_header(cors_headers(OriginCheck::kRefused, "https://evil"), "access-control-allow-origin") == nullptr);
}
