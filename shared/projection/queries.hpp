// Queries: the questions that a ReadModel answers, each with the exact bytes of an HTTP body.
//
// Shape     answer(name, parameters), name and parameters as on the wire:
//             articles.list    language, category?, search?, status? (draft|published|all), page?, page_size?, cursor?, path
//             articles.latest  language
//             articles.get     id_or_slug, language, staff
//             categories.list  language, staff?, page?, page_size?, cursor?, path
//             courses.list     status?, page?, page_size?, cursor?, path    courses.get  id_or_slug, staff
//             users.list       page?, page_size?, cursor?, path             users.get   id
//             groups.list      page?, page_size?, cursor?, path
//           A text that an article lacks in the asked language is shown in the other. Search looks into both languages of an article; what
//           it finds is listed newest first, as every list of articles is, so that its cursor stays stable.
//           It counts up to kSearchCounted matches and numbers their pages; behind these, as everywhere, a cursor goes on.
// Errors    kNotFound: unknown, not visible, unknown query, page past the last; kInvalidArgument; the database's own
// Cost      counts are kept, never counted (a search's excepted); no list scans the articles (tests/unit pins the plans), and a search reads
//           no more matches than it counts, whatever is typed; only of a word that is longer than a start (shared/projection/tokenizer.hpp) does
//           FTS5 join the places first (tests/unit counts steps and pages)
// Lifetime  borrows the model; an answer owns its bytes
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/domain/language.hpp"
#include "shared/projection/paging.hpp"
#include "shared/projection/read_model.hpp"

namespace freshet {

// What an answer was made from: it is still right while `touched` of these scopes is what it was.
enum class Depends : std::uint8_t { kArticles, kCategories, kCourses, kPeople };

struct Answer {
  std::string body;
  std::string etag;  // quoted
  std::string link;  // value of a Link header, or empty
  Depends depends = Depends::kArticles;
};

class Queries {
 public:
  explicit Queries(ReadModel& model) : model_(model) {}
  [[nodiscard]] Result<Answer> answer(std::string_view name, const Json& parameters);
  // The highest touch of everything that answers of this kind are made from.
  [[nodiscard]] std::uint64_t touched(Depends depends) const;

  static constexpr std::size_t kSearchCounted = 1000;

  // The SQL that lists articles, and that of one row; for the test that pins query plans.
  struct ArticleFilter;
  [[nodiscard]] static std::string list_sql(const ArticleFilter& filter, Language language, Walk walk);
  [[nodiscard]] static std::string row_sql(Language language);
  // The same for courses, up to where the place in the list follows.
  [[nodiscard]] static std::string courses_sql(std::optional<PublicationStatus> status);

 private:
  [[nodiscard]] Result<Statement*> prepared(const std::string& sql);
  [[nodiscard]] Result<Answer> list_articles(const Json& parameters);
  [[nodiscard]] Result<Answer> latest_articles(const Json& parameters);
  [[nodiscard]] Result<Answer> get_article(const Json& parameters);
  [[nodiscard]] Result<ArticleFilter> filter_of(const Json& parameters);
  [[nodiscard]] std::int64_t count_articles(const ArticleFilter& filter) const;
  [[nodiscard]] std::uint64_t articles_touched(const ArticleFilter& filter) const;
  [[nodiscard]] Result<std::vector<Row>> fetch_articles(const ArticleFilter& filter, Language language, const Stretch& stretch);
  [[nodiscard]] Result<std::vector<Row>> fetch_rows(std::span<const std::int64_t> keys, Language language);
  [[nodiscard]] Result<PageAnswer> page_of_search(const ArticleFilter& filter, Language language, const PageRequest& request);
  [[nodiscard]] Result<Answer> list_categories(const Json& parameters);
  [[nodiscard]] Result<Answer> list_courses(const Json& parameters);
  [[nodiscard]] Result<Answer> get_course(const Json& parameters);
  [[nodiscard]] Result<Answer> list_users(const Json& parameters);
  [[nodiscard]] Result<Answer> get_user(const Json& parameters);
  [[nodiscard]] Result<Answer> list_groups(const Json& parameters);
  // A list in the order of ids: `select` gives id and what `encode` needs, and ends where a condition on the id follows.
  struct ById {
    std::string select;
    Tally tally;
    Language language;
    Depends depends;
  };
  [[nodiscard]] Result<Answer> list_by_id(const Json& parameters, const ById& list, const std::function<Result<std::string>(const Rows&)>& encode);
  [[nodiscard]] Result<std::string> encode_profile(const Rows& user);
  [[nodiscard]] std::string list_etag(std::uint64_t touched, Language language) const;

  ReadModel& model_;
  std::map<std::string, Statement, std::less<>> statements_;
};

struct Queries::ArticleFilter {
  std::optional<PublicationStatus> status = PublicationStatus::kPublished;  // nothing: all
  bool by_category = false;
  std::string category_id;  // empty when the asked one is not known: the list is empty
  bool by_search = false;
  std::string match;  // FTS5 expression; empty when there is nothing to look for: the list is empty

  [[nodiscard]] bool matches_nothing() const { return (by_category && category_id.empty()) || (by_search && match.empty()); }
};

// `status` of a list: published where it is not named, nothing for `all`.
[[nodiscard]] Result<std::optional<PublicationStatus>> status_of(const Json& parameters);
[[nodiscard]] Result<Language> language_of(const Json& parameters);

}  // namespace freshet
