#include "shared/domain/course.hpp"

namespace freshet {
namespace {

void append_shown(JsonWriter& writer, const Course& course) {
  writer.field("title", course.title).field("description", course.description).field("status", name_of(course.status));
  writer.field("created_at", format_time(course.created_at)).field("updated_at", format_time(course.updated_at));
}

}  // namespace

std::string encode_course(const Course& course) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("id", course.id).field("slug", course.slug);
  if (course.was) {
    writer.key("was").begin_object().field("slug", course.was->slug).field("title", course.was->title).end_object();
  }
  if (course.deleted) {
    writer.key("deleted").boolean(true).field("updated_at", format_time(course.updated_at));
  } else {
    append_shown(writer, course);
  }
  writer.end_object();
  return out;
}

Result<Course> decode_course(std::string_view payload) {
  FRESHET_TRY(state, parse_json_object(payload));
  const std::string* id = json_text(state, "id");
  const std::string* slug = json_text(state, "slug");
  if (id == nullptr || slug == nullptr) return Error{Errc::kInvalidArgument, "a course's state has an id and a slug"};
  Course course;
  course.id = *id;
  course.slug = *slug;
  course.deleted = json_true(state, "deleted");
  course.updated_at = json_time(state, "updated_at").value_or(WallTime{});
  if (const Json* was = json_member(state, "was"))
    course.was = Course::Names{json_text_or(*was, "slug", ""), json_text_or(*was, "title", "")};
  if (course.deleted) return course;

  const auto status = parse_publication_status(json_text_or(state, "status", ""));
  const auto created_at = json_time(state, "created_at");
  const std::string* title = json_text(state, "title");
  if (!status || !created_at || title == nullptr) {
    return Error{Errc::kInvalidArgument, "a course's state has a title, a status (draft, published) and a created_at"};
  }
  course.title = *title;
  course.description = json_text_or(state, "description", "");
  course.status = *status;
  course.created_at = *created_at;
  return course;
}

Course following(const Course* before, Course now) {
  now.was.reset();
  const bool was_public = before != nullptr && visibility_of(*before) == Visibility::kPublic;
  if (was_public && visibility_of(now) == Visibility::kHidden) now.was = Course::Names{before->slug, before->title};
  return now;
}

void append_course(JsonWriter& writer, const Course& course, CourseShape shape) {
  writer.begin_object().field("id", course.id);
  if (shape == CourseShape::kGone) {
    const Course::Names& names = course.was ? *course.was : Course::Names{course.slug, {}};
    writer.field("slug", names.slug).field("title", names.title);
  } else {
    writer.field("slug", course.slug);
    append_shown(writer, course);
  }
  writer.end_object();
}

}  // namespace freshet
