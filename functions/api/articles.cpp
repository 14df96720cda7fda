#include "functions/api/articles.hpp"

#include "shared/limits.hpp"

namespace freshet::api {

std::vector<Route> article_routes() {
  constexpr const char* kList = "/api/content/api/articles/";
  constexpr const char* kOne = "/api/content/api/articles/{id_or_slug}/";
  return {
      {Method::kGet, kList, Access::kPublic, list_articles},
      {Method::kPost, kList, Access::kStaff, create_article, limits::kArticleBodyBytes},
      {Method::kGet, "/api/content/api/articles/latest/", Access::kPublic, latest_articles},
      {Method::kGet, "/api/content/api/articles/by_category/", Access::kPublic, articles_by_category},
      {Method::kPost, "/api/content/api/articles/publish/", Access::kStaff, publish_articles, limits::kJsonBodyBytes},
      {Method::kPost, "/api/content/api/articles/unpublish/", Access::kStaff, unpublish_articles, limits::kJsonBodyBytes},
      {Method::kGet, kOne, Access::kPublic, get_article},
      {Method::kPut, kOne, Access::kStaff, replace_article, limits::kArticleBodyBytes},
      {Method::kPatch, kOne, Access::kStaff, patch_article, limits::kArticleBodyBytes},
      {Method::kDelete, kOne, Access::kStaff, delete_article},
  };
}

}  // namespace freshet::api
