// CourseInput: {title, description?, slug?, status}, checked field by field; unknown members are ignored, so that a GET's body is accepted.
// Created without a status it is a draft; a status is read in any case, as another system's page may send it. Modes: input.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "functions/api/input.hpp"
#include "shared/domain/course.hpp"

namespace freshet::api {

struct CourseInput {
  InputMode mode = InputMode::kCreate;
  std::optional<std::string> slug;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<PublicationStatus> status;
};

[[nodiscard]] Result<CourseInput> parse_course_input(std::string_view body, InputMode mode);
// Lays what was given over `course`.
void apply_input(const CourseInput& input, Course& course);

}  // namespace freshet::api
