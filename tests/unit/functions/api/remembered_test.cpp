// Near-runtime reads: what an instance answers from memory, and when it must not.
#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

namespace {

const std::string kId = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const std::string kOtherId = "01ARZ3NDEKTSV4RRFFQ69G5FAW";

Response answer(std::string body) { return Response{200, {{"etag", "\"abcd1234-5-1-en\""}}, std::move(body), {}}; }
Response one_article(const std::string& id) { return answer("{\"id\":\"" + id + "\",\"slug\":\"s\"}"); }

// Asked for twice, so that it is remembered.
void warm(Site& site) {
  for (int i = 0; i < 2; ++i) CHECK(site.call("GET", kArticles).status == 200);
}

}  // namespace

TEST_CASE("a public read that was asked before is asked once more and then answered from memory, byte for byte") {
  Site site;
  site.store.answer->link = "</x>; rel=\"next\"";
  CHECK(site.call("GET", kArticles).status == 200);
  CHECK(site.cache.size() == 0);
  const Response first = site.call("GET", kArticles);
  CHECK(site.store.questions.size() == 2);
  const Response second = site.call("GET", kArticles);
  CHECK(second.status == 200);
  CHECK(second.body == first.body);
  CHECK(std::multiset(second.headers.begin(), second.headers.end()) == std::multiset(first.headers.begin(), first.headers.end()));
  CHECK(site.call("GET", kArticles, {}, {{"if-none-match", header_of(first, "etag")}}).status == 304);
  CHECK(header_of(site.call("GET", kArticles, {}, {{"origin", "https://page.example"}}), "access-control-allow-origin") == "https://page.example");
  const Response head = site.call("HEAD", kArticles);
  CHECK(head.body.empty());
  CHECK(head.stands_for == first.body.size());
  CHECK(site.store.questions.size() == 2);
}

TEST_CASE("memory is not used for a token, a position to wait for, another address, or a connection that is not current") {
  Site site;
  warm(site);
  CHECK(site.store.questions.size() == 2);
  CHECK(site.call("GET", kArticles, {}, {{"authorization", "Bearer reader"}}).status == 200);
  CHECK(site.store.questions.size() == 3);
  CHECK(site.call("GET", kArticles, {}, {{"freshet-min-position", "abcd1234-8"}}).status == 200);
  CHECK(site.store.questions.size() == 4);
  CHECK(site.call("GET", kArticles + "?language=th").status == 200);
  CHECK(site.store.questions.size() == 5);
  CHECK(site.call("HEAD", kArticles, {}, {{"authorization", "Bearer reader"}}).status == 200);
  CHECK(site.store.questions.size() == 6);
  site.freshness.is_current = false;
  CHECK(site.call("GET", kArticles).status == 200);
  CHECK(site.store.questions.size() == 7);
}

TEST_CASE("an answer for a user is never remembered") {
  Site site;
  for (int i = 0; i < 3; ++i) CHECK(site.call("GET", kArticles, {}, {{"authorization", "Bearer staff"}}).status == 200);
  CHECK(site.cache.size() == 0);
}

TEST_CASE("a new connection forgets what was heard over the old one") {
  Site site;
  warm(site);
  site.freshness.number = 2;
  CHECK(site.call("GET", kArticles).status == 200);
  CHECK(site.store.questions.size() == 3);
  CHECK(site.call("GET", kArticles).status == 200);
  CHECK(site.store.questions.size() == 3);
}

TEST_CASE("an invalidation drops what it touches and nothing else") {
  struct Row {
    const char* subject;
    bool list, article, other;  // still remembered?
  };
  const std::string touched = "live.invalidate.article." + kId;
  for (const Row& row : {Row{touched.c_str(), false, false, true}, Row{"live.invalidate.category.X", false, false, false},
                         Row{"live.invalidate.article.all", false, false, false},
                         Row{"live.invalidate.user.X", false, false, false}, Row{"live.invalidate.group.X", true, true, true},
                         Row{"live.invalidate.token.X", true, true, true}, Row{"live.invalidate.something.new", false, false, false},
                         Row{"live.invalidate.epoch", false, false, false}, Row{"live.applied.local.s", true, true, true}}) {
    CAPTURE(row.subject);
    AnswerCache cache;
    cache.follow(1);
    cache.keep("/list", answer("{\"count\":1,\"results\":[{\"id\":\"" + kOtherId + "\"}]}"));
    cache.keep("/article", one_article(kId));
    cache.keep("/other", one_article(kOtherId));
    cache.invalidate(row.subject);
    CHECK((cache.find("/list") != nullptr) == row.list);
    CHECK((cache.find("/article") != nullptr) == row.article);
    CHECK((cache.find("/other") != nullptr) == row.other);
  }
}

TEST_CASE("memory stays within its bounds and gives up what was unused longest") {
  AnswerCache cache;
  cache.follow(1);
  cache.keep("/first", one_article(kId));
  for (std::size_t i = 0; i < AnswerCache::kEntriesMax; ++i) {
    cache.keep("/" + std::to_string(i), one_article(kId));
    REQUIRE(cache.find("/first") != nullptr);
    CHECK(cache.size() <= AnswerCache::kEntriesMax);
  }
  CHECK(cache.find("/0") == nullptr);
  const std::string large(AnswerCache::kAnswerBytesMax, 'x');
  for (int i = 0; i < 20; ++i) {
    cache.keep("/large" + std::to_string(i), answer(large));
    CHECK(cache.bytes() <= AnswerCache::kBytesMax);
  }
  CHECK(cache.find("/large19") != nullptr);
  cache.keep("/too-large", answer(large + 'x'));
  CHECK(cache.find("/too-large") == nullptr);
  cache.invalidate("live.invalidate.category.X");
  CHECK(cache.size() == 0);
  CHECK(cache.bytes() == 0);
}

TEST_CASE("what is sent as it lies in memory is what an answer would be, and only a plain GET gets it") {
  Site site;
  site.store.answer->link = "</x>; rel=\"next\"";
  site.call("GET", kArticles);
  const Response first = site.call("GET", kArticles);
  const auto known = [&](Method method, HeaderList headers) -> const Response* {
    Request request;
    request.method = method;
    request.target = kArticles;
    request.headers = std::move(headers);
    const Repeated* found = site.remembered(request);
    return found == nullptr ? nullptr : &found->response;
  };
  const Response* full = known(Method::kGet, {{"origin", "https://evil.example"}});
  REQUIRE(full != nullptr);
  CHECK(full->status == 200);
  CHECK(full->body == first.body);
  CHECK(std::multiset(full->headers.begin(), full->headers.end()) == std::multiset(first.headers.begin(), first.headers.end()));
  const Response* unchanged = known(Method::kGet, {{"if-none-match", header_of(first, "etag")}});
  REQUIRE(unchanged != nullptr);
  CHECK(unchanged->status == 304);
  CHECK(unchanged->body.empty());
  CHECK(unchanged->stands_for == first.body.size());
  for (const char* name : {"etag", "freshet-position", "cache-control", "vary"}) CHECK(header_of(*unchanged, name) == header_of(*full, name));
  for (const char* name : {"content-type", "link", "x-content-type-options"}) CHECK(find_header(unchanged->headers, name) == nullptr);
  CHECK(known(Method::kHead, {}) == nullptr);
  CHECK(known(Method::kPost, {}) == nullptr);
  CHECK(known(Method::kGet, {{"origin", "https://page.example"}}) == nullptr);
  CHECK(known(Method::kGet, {{"authorization", "Bearer reader"}}) == nullptr);
  CHECK(known(Method::kGet, {{"freshet-min-position", "abcd1234-1"}}) == nullptr);
  CHECK(known(Method::kGet, {{"x-long", std::string(17'000, 'x')}}) == nullptr);
  site.cache.invalidate("live.invalidate.category.X");
  CHECK(known(Method::kGet, {}) == nullptr);
}

TEST_CASE("what is asked once pushes nothing out of memory") {
  Site site;
  warm(site);
  for (int i = 0; i < 2000; ++i) CHECK(site.call("GET", kArticles + "?n=" + std::to_string(i)).status == 200);
  CHECK(site.cache.size() == 1);
  const std::size_t asked = site.store.questions.size();
  CHECK(site.call("GET", kArticles).status == 200);
  CHECK(site.store.questions.size() == asked);
}

TEST_CASE("an answer kept again counts once") {
  AnswerCache cache;
  cache.follow(1);
  cache.keep("/a", one_article(kId));
  const std::size_t once = cache.bytes();
  cache.keep("/a", one_article(kId));
  CHECK(cache.bytes() == once);
  CHECK(cache.size() == 1);
}
