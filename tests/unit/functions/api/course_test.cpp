#include "shared/domain/course.hpp"

#include "shared/event.hpp"
#include "tests/unit/functions/api/site.hpp"

using namespace freshet;
using namespace freshet::api;
using namespace freshet::api::testing;

namespace {

const std::string kBody = R"({"title":"Knots & bends","description":"How to tie them","slug":"knots","status":"published"})";

std::string id_of(const Response& response) { return json_text_or(json_of(response), "id", ""); }
Event event_of(const Logged& logged) {
  const auto event = parse_event(logged.headers);
  REQUIRE(event.ok());
  return *event;
}
// The last event of a course in the log.
const Logged& last_course(const Site& site) {
  for (auto message = site.log.messages.rbegin(); message != site.log.messages.rend(); ++message) {
    if (parse_log_subject(message->subject).kind == EntityKind::kCourse) return *message;
  }
  FAIL("the log holds no course");
  return site.log.messages.front();
}

}  // namespace

TEST_CASE("a course is created with its slug in one batch, and answered as it will be read") {
  Site site;
  const Response made = site.staff("POST", kCourses, kBody);
  REQUIRE(made.status == 201);
  CHECK(header_of(made, "location") == kCourses + id_of(made) + "/");
  CHECK(header_of(made, "etag") == "\"abcd1234-2-" + kVersion + "-en\"");
  CHECK(header_of(made, "freshet-position") == "abcd1234-2");
  CHECK(site.log.batches == 1);
  CHECK(site.log.messages[0].subject == "log.slug.course.knots");
  CHECK(site.log.messages[1].subject == course_subject(id_of(made)));
  const Json course = json_of(made);
  CHECK(course["title"] == "Knots & bends");
  CHECK(course["description"] == "How to tie them");
  CHECK(course["status"] == "published");
  CHECK(course["created_at"] == course["updated_at"]);
  CHECK(course.size() == 7);
  const Event event = event_of(site.log.messages[1]);
  CHECK(event.type == "freshet.course.published");
  CHECK(event.before == Visibility::kHidden);
  CHECK(event.now == Visibility::kPublic);
}

TEST_CASE("an invalid course is refused by field and its slug stays free") {
  struct Row {
    std::string body;
    const char* field;
  };
  const auto titled = [](const std::string& title) { return R"({"title":")" + title + R"(","description":""})"; };
  for (const Row& row : std::vector<Row>{{R"({"description":"x"})", "title"},
                                         {titled(" "), "title"},
                                         {titled("a <b"), "title"},
                                         {titled("a > b"), "title"},
                                         {titled("<img src=x onerror=alert(1)>"), "title"},
                                         {titled(std::string(201, 'x')), "title"},
                                         {R"({"title":7})", "title"},
                                         {R"({"title":"x","description":["y"]})", "description"},
                                         {R"({"title":"x","description":")" + std::string(10'001, 'y') + "\"}", "description"},
                                         {R"({"title":"x","status":"gone"})", "status"},
                                         {R"({"title":"x","status":true})", "status"},
                                         {R"({"title":"x","slug":"Not A Slug"})", "slug"},
                                         {R"({"title":"x","slug":"latest"})", "slug"}}) {
    CAPTURE(row.body.substr(0, 80));
    Site site;
    const Response response = site.staff("POST", kCourses, row.body);
    CHECK(response.status == 400);
    CHECK(json_of(response)["errors"].contains(row.field));
    CHECK(site.log.messages.empty());
  }
  Site site;
  CHECK(site.staff("POST", kCourses, titled(std::string(200, 'x'))).status == 201);
  CHECK(site.staff("POST", kCourses, R"({"title":"x","description":")" + std::string(10'000, 'y') + "\"}").status == 201);
}

TEST_CASE("a status is read in any case, and without one a course is a draft that its event shows to nobody") {
  for (const auto& [status, shown] : std::vector<std::pair<std::string, std::string>>{
           {"PUBLISHED", "published"}, {"Published", "published"}, {"published", "published"}, {"DRAFT", "draft"}, {"dRaFt", "draft"}}) {
    CAPTURE(status);
    Site site;
    CHECK(json_of(site.staff("POST", kCourses, R"({"title":"x","description":"","status":")" + status + "\"}"))["status"] == shown);
  }
  Site site;
  CHECK(json_of(site.staff("POST", kCourses, R"({"title":"x","description":""})"))["status"] == "draft");
  CHECK(event_of(last_course(site)).change == Change::kCreated);
  CHECK(event_of(last_course(site)).now == Visibility::kHidden);
}

TEST_CASE("a patch merges, a put replaces what it leaves out and needs a status, and a get's body is accepted") {
  Site site;
  const Response made = site.staff("POST", kCourses, kBody);
  const Response patched = site.staff("PATCH", kCourses + "knots/", R"({"title":"Knots"})");
  REQUIRE(patched.status == 200);
  CHECK(json_of(patched)["description"] == "How to tie them");
  CHECK(json_of(patched)["created_at"] == json_of(made)["created_at"]);
  CHECK(site.log.appends == 1);
  CHECK(site.staff("PUT", kCourses + "knots/", R"({"title":"Knots"})").status == 400);
  const Response put = site.staff("PUT", kCourses + id_of(made) + "/", R"({"title":"New","status":"PUBLISHED"})");
  REQUIRE(put.status == 200);
  CHECK(json_of(put)["description"] == "");
  CHECK(json_of(put)["slug"] == "knots");
  CHECK(site.staff("PUT", kCourses + "knots/", made.body).status == 200);
}

TEST_CASE("publishing, withdrawing and deleting a course say who could see it, and by which name") {
  Site site;
  REQUIRE(site.staff("POST", kCourses, R"({"title":"Draft","description":"","slug":"knots"})").status == 201);
  REQUIRE(site.staff("PATCH", kCourses + "knots/", R"({"description":"more"})").status == 200);
  CHECK(event_of(last_course(site)).change == Change::kUpdated);
  CHECK(event_of(last_course(site)).now == Visibility::kHidden);
  REQUIRE(site.staff("PATCH", kCourses + "knots/", R"({"status":"Published","title":"Knots"})").status == 200);
  CHECK(event_of(last_course(site)).change == Change::kPublished);
  REQUIRE(site.staff("PATCH", kCourses + "knots/", R"({"status":"draft","title":"Secret","slug":"secret"})").status == 200);
  CHECK(event_of(last_course(site)).change == Change::kUnpublished);
  CHECK(decode_course(last_course(site).payload)->was == Course::Names{"knots", "Knots"});
  REQUIRE(site.staff("PATCH", kCourses + "secret/", R"({"description":"again"})").status == 200);
  CHECK_FALSE(decode_course(last_course(site).payload)->was);
  REQUIRE(site.staff("DELETE", kCourses + "secret/").status == 204);
  CHECK(event_of(last_course(site)).before == Visibility::kHidden);
  CHECK_FALSE(decode_course(last_course(site).payload)->was);
  REQUIRE(site.staff("POST", kCourses, kBody).status == 201);
  const Response deleted = site.staff("DELETE", kCourses + "knots/");
  CHECK(deleted.status == 204);
  CHECK(header_of(deleted, "freshet-position") == "abcd1234-" + std::to_string(site.log.messages.size()));
  CHECK(event_of(last_course(site)).before == Visibility::kPublic);
  CHECK(event_of(last_course(site)).change == Change::kDeleted);
  CHECK(decode_course(last_course(site).payload)->was == Course::Names{"knots", "Knots & bends"});
  for (const char* method : {"PATCH", "DELETE"}) CHECK(site.staff(method, kCourses + "knots/", "{}").status == 404);
  CHECK(site.staff("POST", kCourses, kBody).status == 201);  // its slug is free again
}

TEST_CASE("a taken slug is 409, and one made from a title gets random letters") {
  Site site;
  REQUIRE(site.staff("POST", kCourses, kBody).status == 201);
  CHECK(site.staff("POST", kCourses, kBody).status == 409);
  CHECK(json_of(site.staff("POST", kCourses, R"({"title":"Good Food","description":""})"))["slug"] == "good-food");
  CHECK(json_text_or(json_of(site.staff("POST", kCourses, R"({"title":"Good Food","description":""})")), "slug", "")
            .starts_with("good-food-"));
  CHECK(site.staff("POST", kCourses, R"({"title":"ผูกเชือก","description":""})").status == 201);
  CHECK(site.staff("PATCH", kCourses + "good-food/", R"({"slug":"knots"})").status == 409);
  REQUIRE(site.staff("PATCH", kCourses + "good-food/", R"({"slug":"food"})").status == 200);
  CHECK(site.staff("PATCH", kCourses + "good-food/", "{}").status == 404);
  // An article and a course may have the same slug.
  CHECK(site.staff("POST", kArticles, R"({"slug":"knots","translations":{"en":{"title":"T","content":""}}})").status == 201);
}

TEST_CASE("who has not seen a course as it is changes and deletes nothing") {
  Site site;
  const Response made = site.staff("POST", kCourses, kBody);
  const std::string tag = header_of(made, "etag");
  REQUIRE(site.staff("PATCH", kCourses + "knots/", R"({"title":"Mine"})", {{"if-match", tag}}).status == 200);
  for (const char* method : {"PATCH", "DELETE"}) {
    const Response late = site.staff(method, kCourses + "knots/", method[0] == 'P' ? R"({"title":"Late"})" : "", {{"if-match", tag}});
    CHECK(late.status == 412);
    CHECK(json_of(late)["current"]["title"] == "Mine");
    CHECK(header_of(late, "etag") != tag);
  }
  site.log.before_store = [&] { CHECK(site.staff("PATCH", kCourses + "knots/", R"({"description":"theirs"})").status == 200); };
  const Response merged = site.staff("PATCH", kCourses + "knots/", R"({"title":"Again"})");
  CHECK(json_of(merged)["description"] == "theirs");
  CHECK(json_of(merged)["title"] == "Again");
}

TEST_CASE("a repeated create of a course with its key is one course, and with another body 422") {
  Site site;
  const Response first = site.staff("POST", kCourses, kBody, {{"idempotency-key", "c"}});
  const std::size_t stored = site.log.messages.size();
  const Response second = site.staff("POST", kCourses, kBody, {{"idempotency-key", "c"}});
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  CHECK(second.headers == first.headers);
  CHECK(site.log.messages.size() == stored);
  CHECK(site.staff("POST", kCourses, R"({"title":"x","description":""})", {{"idempotency-key", "c"}}).status == 422);
}

TEST_CASE("only staff writes courses") {
  Site site;
  REQUIRE(site.staff("POST", kCourses, kBody).status == 201);
  const std::size_t stored = site.log.messages.size();
  for (const auto& [method, path] : std::vector<std::pair<const char*, std::string>>{
           {"POST", kCourses}, {"PUT", kCourses + "knots/"}, {"PATCH", kCourses + "knots/"}, {"DELETE", kCourses + "knots/"}}) {
    CAPTURE(method);
    CHECK(site.call(method, path, kBody).status == 401);
    CHECK(site.call(method, path, kBody, {{"authorization", "Bearer reader"}}).status == 403);
  }
  CHECK(site.log.messages.size() == stored);
}

TEST_CASE("reads of courses ask for what the asker may see") {
  Site site;
  const auto asked = [&site] { return site.store.questions.back(); };
  CHECK(site.call("GET", kCourses + "?status=all&page_size=2&page=3").status == 200);
  CHECK(asked().query == "courses.list");
  CHECK(asked().parameters == R"({"page":3,"page_size":2,"path":"/api/courses/?status=all&page_size=2"})");
  CHECK(site.staff("GET", kCourses + "?status=draft&cursor=").status == 200);
  CHECK(asked().parameters == R"({"status":"draft","cursor":"","page_size":20,"path":"/api/courses/?status=draft"})");
  const std::size_t before = site.store.questions.size();
  CHECK(site.staff("GET", kCourses + "?status=gone").status == 400);
  CHECK(site.call("GET", kCourses + "Not-A-Slug/").status == 404);
  CHECK(site.store.questions.size() == before);
  CHECK(site.call("GET", kCourses + "knots/", {}, {{"freshet-min-position", "abcd1234-7"}}).status == 200);
  CHECK(asked().query == "courses.get");
  CHECK(asked().parameters == R"({"id_or_slug":"knots","staff":false})");
  CHECK(asked().min_position == "abcd1234-7");
  CHECK(site.staff("GET", kCourses + "knots/").status == 200);
  CHECK(asked().parameters == R"({"id_or_slug":"knots","staff":true})");
  CHECK(header_of(site.call("GET", kCourses + "other/"), "cache-control") == "public, max-age=0, s-maxage=0");
  site.store.answer = Error{Errc::kNotFound, "the store says more than one should hear"};
  CHECK(json_of(site.call("GET", kCourses + "unknown/"))["detail"] == "no such course");
}

TEST_CASE("a course that changed is forgotten with every list, and other courses and articles are remembered on") {
  Site site;
  const auto one = [&site](const std::string& id) {
    site.store.answer = Answer{"abcd1234-7", "\"abcd1234-5-1-en\"", "", R"({"id":")" + id + R"(","slug":"x"})"};
  };
  const Result<Answer> list = site.store.answer;
  const std::string first = "01HF7YAT00CCCCCCCCCCCCCCCC";
  const std::string other = "01HF7YAT00DDDDDDDDDDDDDDDD";
  const auto read = [&site](const std::string& target) {
    const std::size_t before = site.store.questions.size();
    CHECK(site.call("GET", target).status == 200);
    return site.store.questions.size() - before;
  };
  const auto fill = [&] {
    for (int twice = 0; twice < 2; ++twice) {
      site.store.answer = list;
      read(kCourses);
      one(first);
      read(kCourses + "first/");
      one(other);
      read(kCourses + "other/");
    }
  };
  fill();
  CHECK(read(kCourses) + read(kCourses + "first/") + read(kCourses + "other/") == 0);
  site.cache.invalidate("live.invalidate.course." + first);
  CHECK(read(kCourses + "other/") == 0);
  CHECK(read(kCourses) == 1);
  one(first);
  CHECK(read(kCourses + "first/") == 1);
  fill();
  site.cache.invalidate("live.invalidate.course.all");
  CHECK(read(kCourses + "other/") == 1);
}
