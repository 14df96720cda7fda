#include "shared/routing.hpp"

#include <algorithm>

namespace freshet {
namespace {

// What everybody may follow of one kind: its channels (an unused place is empty), and what they are told.
struct Family {
  EntityKind kind;
  std::string_view filter;
  std::array<std::string_view, 2> channels;
  std::string_view shown;    // it was hidden
  std::string_view changed;  // it was public, and is
  std::string_view withdrawn;
  std::string_view deleted;
};
// An article that lacks a language is shown in its other one: both channels get all.
constexpr std::array kFamilies{
    Family{EntityKind::kArticle,
           "log.article.*",
           {kArticlesEn, kArticlesTh},
           "article_published",
           "article_updated",
           "article_unpublished",
           "article_deleted"},
    Family{EntityKind::kCourse, "log.course.*", {kCourses}, "course_created", "course_updated", "course_deleted", "course_deleted"},
};

std::string_view frame_type(const Family& family, const Event& event) {
  const bool before = event.before == Visibility::kPublic;
  const bool now = event.now == Visibility::kPublic;
  if (!before && !now) return {};
  if (!before) return family.shown;
  if (now) return family.changed;
  return event.change == Change::kDeleted ? family.deleted : family.withdrawn;
}

}  // namespace

bool is_routed(EntityKind kind) {
  return std::any_of(kFamilies.begin(), kFamilies.end(), [kind](const Family& family) { return family.kind == kind; });
}

Routes route(const LogSubject& subject, const Event& event) {
  Routes routes;
  for (const Family& family : kFamilies) {
    if (family.kind != subject.kind) continue;
    const auto type = frame_type(family, event);
    if (type.empty()) continue;
    for (const auto channel : family.channels) {
      if (!channel.empty()) routes.add({channel, type});
    }
  }
  return routes;
}

std::string_view subject_filter(std::string_view channel) {
  for (const Family& family : kFamilies) {
    if (!channel.empty() && std::find(family.channels.begin(), family.channels.end(), channel) != family.channels.end())
      return family.filter;
  }
  return {};
}

}  // namespace freshet
