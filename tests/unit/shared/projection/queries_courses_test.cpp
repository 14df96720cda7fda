#include "tests/unit/shared/projection/fixture.hpp"

using namespace freshet;
using namespace freshet::projection_test;

namespace {

Course course_of(std::uint64_t number, PublicationStatus status = PublicationStatus::kPublished) {
  Course course;
  course.id = id_of(number);
  course.slug = "course-" + std::to_string(number);
  course.title = "Course " + std::to_string(number);
  course.description = "ผูก \"knots\"";
  course.status = status;
  course.created_at = course.updated_at = WallTime{std::chrono::milliseconds{1000 + static_cast<std::int64_t>(number)}};
  return course;
}

std::vector<std::string> slugs(const Store& store, const std::string& parameters) {
  std::vector<std::string> out;
  const Json page = store.body("courses.list", parameters);
  for (const Json& item : page["results"]) out.push_back(item["slug"].get<std::string>());
  return out;
}

std::string etag(const Store& store, std::string_view query, const std::string& parameters) {
  const auto answer = store.ask(query, parameters);
  REQUIRE_MESSAGE(answer.ok(), answer.error().detail);
  return answer->etag;
}

using Slugs = std::vector<std::string>;

}  // namespace

TEST_CASE("courses are listed in the order of their making, drafts only where they are asked for") {
  Store store;
  store.put(course_of(2));
  store.put(course_of(1));
  store.put(course_of(3, PublicationStatus::kDraft));
  CHECK(slugs(store, "{}") == Slugs{"course-1", "course-2"});
  CHECK(slugs(store, R"({"status":"published"})") == Slugs{"course-1", "course-2"});
  CHECK(slugs(store, R"({"status":"draft"})") == Slugs{"course-3"});
  CHECK(slugs(store, R"({"status":"all"})") == Slugs{"course-1", "course-2", "course-3"});
  CHECK(store.body("courses.list", R"({"status":"all"})")["count"] == 3);
  CHECK(store.body("courses.list", "{}")["count"] == 2);
  CHECK_FALSE(store.ask("courses.list", R"({"status":"gone"})").ok());
}

TEST_CASE("one course is found by id and slug with the bytes that the one renderer writes, a draft by staff alone") {
  Store store;
  const Course course = course_of(1);
  store.put(course);
  store.put(course_of(2, PublicationStatus::kDraft));
  std::string shown;
  JsonWriter writer(shown);
  append_course(writer, course, CourseShape::kFull);
  for (const std::string& key : {course.id, course.slug}) {
    CAPTURE(key);
    CHECK(store.ask("courses.get", R"({"id_or_slug":")" + key + "\"}")->body == shown);
  }
  for (const std::string& key : {id_of(2), std::string("course-2")}) {
    CAPTURE(key);
    const auto hidden = store.ask("courses.get", R"({"id_or_slug":")" + key + "\"}");
    REQUIRE_FALSE(hidden.ok());
    CHECK(hidden.error().code == Errc::kNotFound);
    CHECK(hidden.error().detail == store.ask("courses.get", R"({"id_or_slug":"nothing"})").error().detail);
    CHECK(store.body("courses.get", R"({"staff":true,"id_or_slug":")" + key + "\"}")["status"] == "draft");
  }
}

TEST_CASE("a course that is renamed, withdrawn, published again and deleted is counted and found as it is") {
  Store store;
  Course course = course_of(1);
  store.put(course);
  course.slug = "renamed";
  store.put(course);
  CHECK(slugs(store, "{}") == Slugs{"renamed"});
  CHECK_FALSE(store.ask("courses.get", R"({"id_or_slug":"course-1"})").ok());
  course.status = PublicationStatus::kDraft;
  store.put(course);
  CHECK(store.body("courses.list", "{}")["count"] == 0);
  CHECK(store.body("courses.list", R"({"status":"draft"})")["count"] == 1);
  course.status = PublicationStatus::kPublished;
  store.put(course);
  CHECK(slugs(store, "{}") == Slugs{"renamed"});
  course.deleted = true;
  store.put(course);
  CHECK(store.body("courses.list", R"({"status":"all"})")["count"] == 0);
  CHECK_FALSE(store.ask("courses.get", R"({"staff":true,"id_or_slug":"renamed"})").ok());
  store.put(course);  // a second tombstone
  store.put(course_subject(course.id), "");
  CHECK(store.body("courses.list", R"({"status":"all"})")["count"] == 0);
}

TEST_CASE("the tag of the public list does not tell of drafts, and a course's own names its last event") {
  Store store;
  store.put(course_of(1));
  const std::string public_list = etag(store, "courses.list", "{}");
  const std::string drafts = etag(store, "courses.list", R"({"status":"draft"})");
  store.put(course_of(2, PublicationStatus::kDraft));
  CHECK(etag(store, "courses.list", "{}") == public_list);
  CHECK(etag(store, "courses.list", R"({"status":"draft"})") != drafts);
  store.put(course_of(2));
  const std::string published = etag(store, "courses.list", "{}");
  CHECK(published != public_list);
  CHECK(etag(store, "courses.get", R"({"id_or_slug":"course-2"})") == published);
  CHECK(etag(store, "courses.get", R"({"id_or_slug":"course-1"})") == public_list);
  CHECK(store.queries->touched(Depends::kCourses) == 3);
  CHECK(store.queries->touched(Depends::kArticles) == 0);
}

TEST_CASE("courses are paged by number and by cursor") {
  Store store;
  for (std::uint64_t number = 1; number <= 5; ++number) store.put(course_of(number));
  const Json first = store.body("courses.list", R"({"path":"/api/courses/","page_size":2,"cursor":""})");
  CHECK(first["count"] == 5);
  const std::string next = first["next"].get<std::string>();
  const std::string cursor = next.substr(next.find("cursor=") + 7);
  store.put(course_of(6));
  CHECK(slugs(store, R"({"path":"/api/courses/","page_size":2,"cursor":")" + cursor + "\"}") == Slugs{"course-3", "course-4"});
  CHECK(slugs(store, R"({"page_size":4,"page":2})") == Slugs{"course-5", "course-6"});
  CHECK(store.ask("courses.list", R"({"page_size":4,"page":3})").error().code == Errc::kNotFound);
}

TEST_CASE("a course's state that cannot be read is put aside and changes nothing") {
  Store store;
  store.put(course_of(1));
  store.put(course_subject(id_of(1)), "{");
  store.put(course_subject(id_of(2)), encode_course(course_of(1)));
  CHECK(store.model->checkpoint().poisoned == 2);
  CHECK(slugs(store, R"({"status":"all"})") == Slugs{"course-1"});
  CHECK(store.projection->take_touched() == std::set<Touched>{{EntityKind::kCourse, id_of(1)}});
}

TEST_CASE("no list of courses scans or sorts them") {
  Store store;
  for (const auto& status : {std::optional<PublicationStatus>(PublicationStatus::kPublished), std::optional<PublicationStatus>()}) {
    for (const char* order : {" id > ?1 ORDER BY id", " id < ?1 ORDER BY id DESC"}) {
      const std::string plan = plan_of(store, Queries::courses_sql(status) + order + " LIMIT ?2 OFFSET ?3");
      CAPTURE(plan);
      CHECK(plan.find(status ? "SEARCH course USING INDEX course_by_status (status=? AND id" : "SEARCH course USING PRIMARY KEY (id") !=
            std::string::npos);
      CHECK(plan.find("SCAN") == std::string::npos);
      CHECK(plan.find("TEMP B-TREE") == std::string::npos);
    }
  }
  CHECK(plan_of(store, "SELECT shown FROM course WHERE slug = ?").find("SEARCH course USING INDEX course_by_slug (slug=?)") !=
        std::string::npos);
}
