#include "broker/http/response.hpp"

#include <doctest/doctest.h>

#include "shared/json.hpp"

using namespace freshet;
using namespace freshet::broker;

TEST_CASE("an answer says its length and what happens to the connection") {
  const Response response{200, {{"A", "b"}}, "body"};
  CHECK(encode_response(response, After::kKeepAlive, Body::kSent) ==
        "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\nbody");
  CHECK(encode_response(response, After::kClose, Body::kLeftOut) ==
        "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 4\r\nConnection: close\r\n\r\n");
}

TEST_CASE("a 204 has no length") {
  CHECK(encode_response(Response{204, {}, {}}, After::kKeepAlive, Body::kSent) ==
        "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("a stream's head has no length: the body ends with the connection") {
  CHECK(encode_stream_head(200, {{"A", "b"}}) == "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n");
}

TEST_CASE("an error becomes a problem with its status, and says when a retry can help") {
  const Response response = make_problem(Error{Errc::kTooManyRequests, "too \"many\"", {}, 7});
  CHECK(response.status == 429);
  const auto body = parse_json_object(response.body);
  REQUIRE(body.ok());
  CHECK(json_text_or(*body, "detail", "") == "too \"many\"");
  CHECK(json_integer(*body, "status") == 429);
  REQUIRE(find_header(response.headers, "retry-after") != nullptr);
  CHECK(*find_header(response.headers, "retry-after") == "7");
  CHECK(*find_header(response.headers, "content-type") == "application/problem+json");
  CHECK(find_header(make_problem(Error{Errc::kNotFound, ""}).headers, "retry-after") == nullptr);
  CHECK(find_header(make_problem(Error{Errc::kUnauthenticated, ""}).headers, "www-authenticate") != nullptr);
}
