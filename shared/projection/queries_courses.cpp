// The questions about courses (shared/projection/queries.hpp).
#include <algorithm>

#include "shared/id.hpp"
#include "shared/projection/queries.hpp"

namespace freshet {

std::string Queries::courses_sql(std::optional<PublicationStatus> status) {
  return status ? "SELECT id, shown FROM course WHERE status = " + std::to_string(static_cast<int>(*status)) + " AND"
                : std::string("SELECT id, shown FROM course WHERE");
}

// The tag of a list changes with what it shows: a draft that is written gives the public list no new one.
Result<Answer> Queries::list_courses(const Json& parameters) {
  FRESHET_TRY(status, status_of(parameters));
  Tally tally;
  for (const PublicationStatus one : {PublicationStatus::kDraft, PublicationStatus::kPublished}) {
    if (status && *status != one) continue;
    const Tally some = model_.tallies().of(course_scope(one));
    tally.count += some.count;
    tally.touched = std::max(tally.touched, some.touched);
  }
  return list_by_id(parameters, ById{courses_sql(status), tally, Language::kEnglish, Depends::kCourses},
                    [](const Rows& rows) -> Result<std::string> { return std::string(rows.text(1)); });
}

Result<Answer> Queries::get_course(const Json& parameters) {
  const std::string name = json_text_or(parameters, "id_or_slug", "");
  FRESHET_TRY(select, prepared(std::string("SELECT status, sequence, shown FROM course WHERE ") + (is_id(name) ? "id = ?" : "slug = ?")));
  Rows rows = select->run(std::string_view(name));
  FRESHET_TRY(found, rows.next());
  const bool visible = found && (rows.integer(0) == static_cast<int>(PublicationStatus::kPublished) || json_true(parameters, "staff"));
  if (!visible) return Error{Errc::kNotFound, "there is no such course"};
  return Answer{
      std::string(rows.text(2)), list_etag(static_cast<std::uint64_t>(rows.integer(1)), Language::kEnglish), {}, Depends::kCourses};
}

}  // namespace freshet
