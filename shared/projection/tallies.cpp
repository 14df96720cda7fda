#include "shared/projection/tallies.hpp"

#include <algorithm>

namespace freshet {

std::string article_scope(PublicationStatus status, std::string_view category_id) {
  std::string scope = status == PublicationStatus::kPublished ? "article/1" : "article/0";
  if (!category_id.empty()) scope.append(1, '/').append(category_id);
  return scope;
}

std::string course_scope(PublicationStatus status) { return status == PublicationStatus::kPublished ? "course/1" : "course/0"; }

Tally Tallies::of(std::string_view scope) const {
  const auto found = scopes_.find(scope);
  return found != scopes_.end() ? found->second.tally : Tally{};
}

void Tallies::change(std::string_view scope, std::int64_t by, std::uint64_t sequence) {
  auto found = scopes_.find(scope);
  if (found == scopes_.end()) found = scopes_.emplace(std::string(scope), Kept{}).first;
  auto& [tally, saved] = found->second;
  tally.count += by;
  tally.touched = std::max(tally.touched, sequence);
  saved = false;
}

Result<void> Tallies::load(Database& database) {
  scopes_.clear();
  FRESHET_TRY(statement, database.prepare("SELECT scope, count, touched FROM tally"));
  Rows rows = statement.run();
  while (true) {
    FRESHET_TRY(more, rows.next());
    if (!more) return {};
    scopes_[std::string(rows.text(0))] = Kept{{rows.integer(1), static_cast<std::uint64_t>(rows.integer(2))}, true};
  }
}

Result<void> Tallies::save(Database& database) {
  FRESHET_TRY(statement, database.prepare("INSERT OR REPLACE INTO tally VALUES(?, ?, ?)"));
  for (auto& [scope, kept] : scopes_) {
    if (kept.saved) continue;
    FRESHET_TRY_VOID(statement.execute(scope, kept.tally.count, kept.tally.touched));
    kept.saved = true;
  }
  return {};
}

}  // namespace freshet
