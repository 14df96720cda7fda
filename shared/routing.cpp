#include "shared/routing.hpp"

namespace freshet {
namespace {

std::string_view article_frame_type(const Event& event) {
  const bool before = event.before == Visibility::kPublic;
  const bool now = event.now == Visibility::kPublic;
  if (!before && !now) return {};
  if (!before) return "article_published";
  if (now) return "article_updated";
  return event.change == Change::kDeleted ? "article_deleted" : "article_unpublished";
}

}  // namespace

Routes route(const LogSubject& subject, const Event& event) {
  Routes routes;
  if (subject.kind != EntityKind::kArticle) return routes;
  const auto type = article_frame_type(event);
  if (type.empty()) return routes;
  routes.add({kArticlesEn, type});  // an article that lacks the language is shown in its other one: both channels get all
  routes.add({kArticlesTh, type});
  return routes;
}

std::string_view subject_filter(std::string_view channel) {
  return channel == kArticlesEn || channel == kArticlesTh ? "log.article.*" : std::string_view{};
}

}  // namespace freshet
