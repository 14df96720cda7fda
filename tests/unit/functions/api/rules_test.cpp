// CONTRACT 1: what every call keeps.
#include "shared/limits.hpp"
#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

TEST_CASE("an address may have 8 KiB and not one byte more") {
  Site site;
  const std::string start = kArticles + "?x=";
  CHECK(site.call("GET", start + std::string(limits::kUrlBytes - start.size(), 'x')).status == 200);
  CHECK(site.call("GET", start + std::string(limits::kUrlBytes + 1 - start.size(), 'x')).status == 414);
}

TEST_CASE("all headers may have 16 KiB and not one byte more") {
  Site site;
  const auto with = [&](std::size_t bytes) { return site.call("GET", kArticles, {}, {{"x-long", std::string(bytes - 10, 'x')}}).status; };
  CHECK(with(limits::kHeadersBytes) == 200);
  CHECK(with(limits::kHeadersBytes + 1) == 431);
}

TEST_CASE("a body is read up to its route's limit, and only when the call is allowed") {
  Site site;
  const std::string article(limits::kArticleBodyBytes, ' ');
  CHECK(site.staff("POST", kArticles, article).status == 400);
  CHECK(site.staff("POST", kArticles, article + ' ').status == 413);
  const std::string other(limits::kJsonBodyBytes, ' ');
  CHECK(site.staff("POST", kCategories, other).status == 400);
  CHECK(site.staff("POST", kCategories, other + ' ').status == 413);
  CHECK(site.call("POST", kArticles, "{}").status == 401);
  CHECK(site.body_reads == 0);
  CHECK(site.call("POST", kArticles, "{}", {{"authorization", "Bearer reader"}}).status == 403);
  CHECK(site.body_reads == 0);
}

TEST_CASE("a token is looked at where it is given, and a bad one is never anonymous") {
  Site site;
  CHECK(site.call("GET", kArticles, {}, {{"authorization", "Bearer forged"}}).status == 401);
  CHECK(site.call("GET", kArticles, {}, {{"authorization", "Bearer reader"}}).status == 200);
  CHECK(site.call("GET", "/healthz", {}, {{"authorization", "Bearer forged"}}).status == 200);
  CHECK(header_of(site.call("POST", kArticles, "{}"), "www-authenticate").starts_with("Bearer"));
}

TEST_CASE("only JSON in UTF-8 is a body") {
  struct Row {
    const char* type;
    int status;
  };
  for (const Row& row : {Row{"application/json", 400}, {"application/json; charset=utf-8", 400}, {"Application/JSON;charset=\"UTF-8\"", 400},
                         {"application/merge-patch+json", 400}, {"application/json;;;", 400}, {"application/json; charset=utf-16", 415},
                         {"text/plain", 415}, {"application/jsonx", 415}, {"application/+json", 415}, {"", 415}, {"multipart/form-data", 415}}) {
    CAPTURE(row.type);
    Site site;
    CHECK(site.staff("POST", kArticles, "{}", {{"content-type", row.type}}).status == row.status);
  }
}

TEST_CASE("a path without its last slash answers the same, another method is 405 with Allow") {
  Site site;
  CHECK(site.call("GET", "/api/content/api/articles").status == 200);
  const Response wrong = site.call("DELETE", kArticles);
  CHECK(wrong.status == 405);
  CHECK(header_of(wrong, "allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(site.call("BREW", kArticles).status == 405);
  CHECK(site.call("GET", kArticles + "publish/").status == 405);
  CHECK(site.call("GET", "/api/").status == 404);
}

TEST_CASE("HEAD is GET without its body, length and tag included") {
  Site site;
  const Response get = site.call("GET", kArticles);
  const Response head = site.call("HEAD", kArticles);
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.stands_for == get.body.size());
  CHECK(header_of(head, "etag") == header_of(get, "etag"));
}

TEST_CASE("an allowed origin may read and preflight, another is told nothing") {
  Site site;
  const Response read = site.call("GET", kArticles, {}, {{"origin", "https://page.example"}});
  CHECK(header_of(read, "access-control-allow-origin") == "https://page.example");
  CHECK(header_of(read, "access-control-expose-headers").find("Freshet-Position") != std::string::npos);
  const Response preflight = site.call("OPTIONS", kArticles + "x/", {}, {{"origin", "https://page.example"}, {"access-control-request-method", "PATCH"}});
  CHECK(preflight.status == 204);
  CHECK(header_of(preflight, "access-control-allow-methods").find("PATCH") != std::string::npos);
  CHECK(header_of(preflight, "access-control-allow-headers").find("If-Match") != std::string::npos);
  for (const char* origin : {"https://evil.example", "https://page.example.evil", "https://page.example/", "HTTPS://PAGE.EXAMPLE", "null", ""}) {
    CAPTURE(origin);
    CHECK(header_of(site.call("GET", kArticles, {}, {{"origin", origin}}), "access-control-allow-origin").empty());
    CHECK(header_of(site.call("OPTIONS", kArticles, {}, {{"origin", origin}}), "access-control-allow-methods").empty());
  }
}

TEST_CASE("an error is also readable by an allowed origin") {
  Site site;
  const Response response = site.call("POST", kArticles, "{}", {{"origin", "https://page.example"}});
  CHECK(response.status == 401);
  CHECK(header_of(response, "access-control-allow-origin") == "https://page.example");
}

TEST_CASE("an unchanged answer is 304 with the length it stands for, however the tag is named") {
  Site site;
  const Response first = site.call("GET", kArticles);
  const std::string tag = header_of(first, "etag");
  for (const std::string& named : {tag, "\"other\", " + tag, "W/" + tag, std::string("*")}) {
    CAPTURE(named);
    const Response again = site.call("GET", kArticles, {}, {{"if-none-match", named}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(header_of(again, "etag") == tag);
    CHECK(again.stands_for == first.body.size());
    CHECK(!header_of(again, "cache-control").empty());
    CHECK(!header_of(again, "vary").empty());
  }
  CHECK(site.call("GET", kArticles, {}, {{"if-none-match", "\"other\""}}).status == 200);
}

TEST_CASE("public answers may be kept for the configured time, answers for a user by nobody") {
  Site site;
  site.settings.list_max_age_s = 300;
  const Response open = site.call("GET", kArticles);
  CHECK(header_of(open, "cache-control") == "public, max-age=0, s-maxage=300");
  CHECK(header_of(open, "vary") == "Authorization, Origin");
  CHECK(header_of(site.call("GET", kArticles, {}, {{"authorization", "Bearer reader"}}), "cache-control") == "private, no-store");
  CHECK(header_of(site.call("GET", "/nothing"), "cache-control") == "no-store");
}

TEST_CASE("a position to wait for reaches the store, a wrong one is refused") {
  Site site;
  CHECK(site.call("GET", kArticles, {}, {{"freshet-min-position", "abcd1234-12"}}).status == 200);
  CHECK(site.store.questions.back().min_position == "abcd1234-12");
  for (const char* text : {"garbage", "abcdefgh-", "-5", "abcdefgh-99999999999999999999999", "ABC-1"}) {
    CAPTURE(text);
    CHECK(site.call("GET", kArticles, {}, {{"freshet-min-position", text}}).status == 400);
  }
}

TEST_CASE("without NATS or store a call is 503 with Retry-After") {
  Site site;
  site.store.answer = Error{Errc::kUnavailable, "no store answers"};
  const Response read = site.call("GET", kArticles);
  CHECK(read.status == 503);
  CHECK(!header_of(read, "retry-after").empty());
  site.log.down = true;
  CHECK(site.staff("PATCH", kArticles + "a-slug/", "{\"status\":\"draft\"}").status == 503);
}

TEST_CASE("a client's address is believed only from a proxy that knows the secret") {
  static std::string seen;
  const auto show = [](Request&, Context& context) -> Result<Response> {
    seen = context.client_address;
    return Response{};
  };
  Site site;
  App app(Parts{site.clock, site.random, site.settings, site.log, site.store, site.bus, site.keys, site.counters, site.gate, site.freshness, site.cache},
          Router({{Method::kGet, "/show/", Access::kAnyone, show}}));
  const auto ask = [&](HeaderList headers) {
    Request request;
    request.target = "/show/";
    request.headers = std::move(headers);
    TextBody none("");
    seen = "unset";
    CHECK(app.answer(request, none).status == 200);
    return seen;
  };
  CHECK(ask({{"x-real-ip", "1.2.3.4"}}).empty());
  CHECK(ask({{"x-real-ip", "1.2.3.4"}, {"x-freshet-proxy-secret", ""}}).empty());
  site.settings.proxy_secret = "secret";
  CHECK(ask({{"x-real-ip", "1.2.3.4"}}).empty());
  CHECK(ask({{"x-real-ip", "1.2.3.4"}, {"x-freshet-proxy-secret", "secreT"}}).empty());
  CHECK(ask({{"x-real-ip", "1.2.3.4"}, {"x-freshet-proxy-secret", "secret"}}) == "1.2.3.4");
  CHECK(ask({{"x-freshet-proxy-secret", "secret"}}).empty());
}
