#include "functions/api/course_input.hpp"

#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::api {

Result<CourseInput> parse_course_input(std::string_view body, InputMode mode) {
  FRESHET_TRY(object, parse_json_object(body));
  CourseInput input;
  input.mode = mode;
  Fields fields(object);
  input.slug = read_slug(fields);
  input.title = fields.text("title", mode == InputMode::kMerge ? Presence::kOptional : Presence::kRequired, limits::kTitleCodePoints);
  if (input.title && trim(*input.title).empty()) fields.fail("title", "This field may not be blank.");
  // The pages of seed 001 put it into HTML as it is.
  if (input.title && input.title->find_first_of("<>") != std::string::npos) fields.fail("title", "A title holds no < and no >.");
  input.description = fields.text("description", Presence::kOptional, limits::kCourseDescriptionCodePoints);
  input.status = read_status(fields, mode, LetterCase::kAny);
  FRESHET_TRY_VOID(fields.finish());
  return input;
}

void apply_input(const CourseInput& input, Course& course) {
  if (input.slug) course.slug = *input.slug;
  if (input.title) course.title = *input.title;
  if (input.description || input.mode == InputMode::kReplace) course.description = input.description.value_or("");
  if (input.status) course.status = *input.status;
}

}  // namespace freshet::api
