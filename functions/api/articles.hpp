// Articles: the routes of CONTRACT 3.
#pragma once

#include <vector>

#include "functions/api/router.hpp"

namespace freshet::api {

[[nodiscard]] std::vector<Route> article_routes();

// The handlers, one file each: article_reads.cpp, article_writes.cpp, article_bulk.cpp.
[[nodiscard]] Result<Response> list_articles(Request& request, Context& context);
[[nodiscard]] Result<Response> latest_articles(Request& request, Context& context);
[[nodiscard]] Result<Response> articles_by_category(Request& request, Context& context);
[[nodiscard]] Result<Response> get_article(Request& request, Context& context);
[[nodiscard]] Result<Response> create_article(Request& request, Context& context);
[[nodiscard]] Result<Response> replace_article(Request& request, Context& context);
[[nodiscard]] Result<Response> patch_article(Request& request, Context& context);
[[nodiscard]] Result<Response> delete_article(Request& request, Context& context);
[[nodiscard]] Result<Response> publish_articles(Request& request, Context& context);
[[nodiscard]] Result<Response> unpublish_articles(Request& request, Context& context);

}  // namespace freshet::api
