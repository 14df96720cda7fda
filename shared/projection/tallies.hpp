// Tallies: for each scope, how many entities it has and the log sequence that last touched it.
//
// Shape     scopes are names: `article/<status>`, `article/<status>/<category id>` (status 0 draft, 1 published), `category`, `user`, `group`, `course/<status>`,
//           and `names`, which what is shown inside articles (a category's, an author's name) touches. A count is never found by counting
//           rows, and a list's ETag is the highest touch of the scopes it shows.
// Bounds    two scopes a category and a handful; all are in memory
// Order     changes since save() or load() are lost by load(): what is in memory follows the open transaction
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "shared/domain/article.hpp"
#include "shared/projection/sqlite.hpp"

namespace freshet {

inline constexpr std::string_view kCategoryScope = "category";
inline constexpr std::string_view kUserScope = "user";
inline constexpr std::string_view kGroupScope = "group";
inline constexpr std::string_view kNamesScope = "names";
[[nodiscard]] std::string course_scope(PublicationStatus status);
[[nodiscard]] std::string article_scope(PublicationStatus status, std::string_view category_id = {});

struct Tally {
  std::int64_t count = 0;
  std::uint64_t touched = 0;  // log sequence
  bool operator==(const Tally&) const = default;
};

class Tallies {
 public:
  [[nodiscard]] Tally of(std::string_view scope) const;
  void change(std::string_view scope, std::int64_t by, std::uint64_t sequence);

  [[nodiscard]] Result<void> load(Database& database);
  [[nodiscard]] Result<void> save(Database& database);

 private:
  struct Kept {
    Tally tally;
    bool saved = true;
  };
  std::map<std::string, Kept, std::less<>> scopes_;
};

}  // namespace freshet
