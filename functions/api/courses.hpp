// Courses: the routes of CONTRACT 4.
#pragma once

#include <vector>

#include "functions/api/router.hpp"

namespace freshet::api {

[[nodiscard]] std::vector<Route> course_routes();

[[nodiscard]] Result<Response> list_courses(Request& request, Context& context);
[[nodiscard]] Result<Response> get_course(Request& request, Context& context);
[[nodiscard]] Result<Response> create_course(Request& request, Context& context);
[[nodiscard]] Result<Response> replace_course(Request& request, Context& context);
[[nodiscard]] Result<Response> patch_course(Request& request, Context& context);
[[nodiscard]] Result<Response> delete_course(Request& request, Context& context);

}  // namespace freshet::api
