#include "functions/api/courses.hpp"

#include "functions/api/course_input.hpp"
#include "functions/api/page.hpp"
#include "functions/api/reads.hpp"
#include "functions/api/slugged.hpp"
#include "shared/limits.hpp"

namespace freshet::api {
namespace {

struct CourseKind {
  using Entity = Course;
  using Input = CourseInput;
  static constexpr EntityKind kKind = EntityKind::kCourse;
  static constexpr std::string_view kList = "/api/courses/";

  static std::string subject(std::string_view id) { return course_subject(id); }
  static std::string encode(const Course& course) { return encode_course(course); }
  static Result<Course> decode(std::string_view payload) { return decode_course(payload); }
  static Event event(const Course* before, const Course& now, WallTime, Random& random) {
    return publication_event("course", before, now, random);
  }
  static Result<void> apply(const CourseInput& input, const Course* before, Course& course, WallTime now) {
    apply_input(input, course);
    if (before == nullptr) course.created_at = now;
    course.updated_at = now;
    course = following(before, std::move(course));
    return {};
  }
  static std::string title(const Course& course) { return course.title; }
  static std::string render(const Course& course, Language) {
    std::string out;
    JsonWriter writer(out);
    append_course(writer, course, CourseShape::kFull);
    return out;
  }
  static Course gone(const Course& before, WallTime now) {
    Course course;
    course.id = before.id;
    course.slug = before.slug;
    course.deleted = true;
    course.updated_at = now;
    return following(&before, std::move(course));
  }
};

// A course has one text for all languages.
Slugged<CourseKind> courses(Request& request, Context& context) { return {request, context, Language::kEnglish}; }

Result<Response> change_course(Request& request, Context& context, InputMode mode) {
  FRESHET_TRY(input, parse_course_input(request.body, mode));
  return courses(request, context).change(input);
}

}  // namespace

std::vector<Route> course_routes() {
  constexpr const char* kOne = "/api/courses/{id_or_slug}/";
  return {
      {Method::kGet, CourseKind::kList, Access::kPublic, list_courses},
      {Method::kPost, CourseKind::kList, Access::kStaff, create_course, limits::kJsonBodyBytes},
      {Method::kGet, kOne, Access::kPublic, get_course},
      {Method::kPut, kOne, Access::kStaff, replace_course, limits::kJsonBodyBytes},
      {Method::kPatch, kOne, Access::kStaff, patch_course, limits::kJsonBodyBytes},
      {Method::kDelete, kOne, Access::kStaff, delete_course},
  };
}

Result<Response> list_courses(Request& request, Context& context) {
  FRESHET_TRY(page, parse_page(request));
  std::string parameters;
  JsonWriter writer(parameters);
  writer.begin_object();
  FRESHET_TRY_VOID(append_status(writer, request, context));
  append_page(writer, page);
  writer.field("path", list_address(CourseKind::kList, request, {"status", "page_size"})).end_object();
  return ask_store("courses.list", parameters, request, context);
}

Result<Response> get_course(Request& request, Context& context) {
  return ask_store_for_one("courses.get", EntityKind::kCourse, {}, request, context);
}

Result<Response> create_course(Request& request, Context& context) {
  FRESHET_TRY(input, parse_course_input(request.body, InputMode::kCreate));
  return courses(request, context).create(input);
}

Result<Response> replace_course(Request& request, Context& context) { return change_course(request, context, InputMode::kReplace); }
Result<Response> patch_course(Request& request, Context& context) { return change_course(request, context, InputMode::kMerge); }
Result<Response> delete_course(Request& request, Context& context) { return courses(request, context).remove(); }

}  // namespace freshet::api
