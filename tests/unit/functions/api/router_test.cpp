#include "functions/api/router.hpp"

#include <doctest/doctest.h>

using namespace freshet;
using namespace freshet::api;

namespace {

Result<Response> nothing(Request&, Context&) { return Response{}; }

Router sample() {
  return Router({{Method::kGet, "/articles/{key}/", Access::kPublic, nothing},
                 {Method::kDelete, "/articles/{key}/", Access::kStaff, nothing},
                 {Method::kGet, "/articles/latest/", Access::kPublic, nothing},
                 {Method::kPost, "/articles/publish/", Access::kStaff, nothing},
                 {Method::kPut, "/groups/{id}/members/{user}/", Access::kStaff, nothing},
                 {Method::kGet, "/", Access::kPublic, nothing}});
}

struct Row {
  Method method;
  std::vector<std::string> segments;
  const char* pattern;  // nullptr: no route
  const char* allow;
};

}  // namespace

TEST_CASE("a request finds its route, and a wrong method what would be allowed") {
  const Router router = sample();
  const Row rows[] = {
      {Method::kGet, {"articles", "a-slug"}, "/articles/{key}/", "GET, HEAD, DELETE, OPTIONS"},
      {Method::kHead, {"articles", "a-slug"}, "/articles/{key}/", "GET, HEAD, DELETE, OPTIONS"},
      {Method::kGet, {"articles", "latest"}, "/articles/latest/", "GET, HEAD, OPTIONS"},
      {Method::kDelete, {"articles", "latest"}, nullptr, "GET, HEAD, OPTIONS"},
      {Method::kGet, {"articles", "publish"}, nullptr, "POST, OPTIONS"},
      {Method::kHead, {"articles", "publish"}, nullptr, "POST, OPTIONS"},
      {Method::kOther, {"articles", "a-slug"}, nullptr, "GET, HEAD, DELETE, OPTIONS"},
      {Method::kGet, {}, "/", "GET, HEAD, OPTIONS"},
      {Method::kGet, {"articles"}, nullptr, ""},
      {Method::kGet, {"articles", "a", "b"}, nullptr, ""},
      {Method::kGet, {"Articles", "a"}, nullptr, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.segments.size());
    CAPTURE(name_of(row.method));
    const Match match = router.match(row.method, row.segments);
    CHECK((match.route != nullptr) == (row.pattern != nullptr));
    if (match.route != nullptr && row.pattern != nullptr) CHECK(match.route->pattern == row.pattern);
    CHECK(match.allow == row.allow);
  }
}

TEST_CASE("parameters come in the order of the path") {
  const Router router = sample();
  const std::vector<std::string> segments{"groups", "g1", "members", "u1"};
  const Match match = router.match(Method::kPut, segments);
  REQUIRE(match.route != nullptr);
  REQUIRE(match.parameters.size() == 2);
  CHECK(match.parameters[0] == "g1");
  CHECK(match.parameters[1] == "u1");
}
