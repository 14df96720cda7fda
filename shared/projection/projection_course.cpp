// How a course's event becomes a row (shared/projection/projection.hpp).
#include "shared/projection/projection.hpp"

namespace freshet {

Result<void> Projection::apply_course(std::string_view id, const LogMessage& message) {
  std::optional<Course> course;
  if (!message.payload.empty()) {
    FRESHET_TRY(state, state_in<Course>(message, id, decode_course));
    if (!state) return {};
    if (!state->deleted) course = std::move(state);
  }
  touched_.insert(Touched{EntityKind::kCourse, std::string(id)});
  {
    Rows rows = sql(kFindCourse).run(id);
    FRESHET_TRY(found, rows.next());
    if (found) model_->tallies().change(course_scope(static_cast<PublicationStatus>(rows.integer(0))), -1, message.sequence.value);
  }
  if (!course) return sql(kDeleteCourse).execute(id);
  std::string shown;
  JsonWriter writer(shown);
  append_course(writer, *course, CourseShape::kFull);
  model_->tallies().change(course_scope(course->status), 1, message.sequence.value);
  return sql(kPutCourse).execute(id, course->slug, static_cast<int>(course->status), message.sequence.value, shown);
}

}  // namespace freshet
