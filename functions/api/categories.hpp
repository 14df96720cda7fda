// Categories: the routes of CONTRACT 3, and those of one category by id or slug, which is read from the log.
#pragma once

#include <vector>

#include "functions/api/router.hpp"

namespace freshet::api {

[[nodiscard]] std::vector<Route> category_routes();

[[nodiscard]] Result<Response> list_categories(Request& request, Context& context);
[[nodiscard]] Result<Response> create_category(Request& request, Context& context);
[[nodiscard]] Result<Response> get_category(Request& request, Context& context);
[[nodiscard]] Result<Response> replace_category(Request& request, Context& context);
[[nodiscard]] Result<Response> patch_category(Request& request, Context& context);

}  // namespace freshet::api
