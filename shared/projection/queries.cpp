#include "shared/projection/queries.hpp"

#include <algorithm>
#include <array>

#include "shared/domain/user.hpp"

namespace freshet {
namespace {

constexpr std::size_t kIdBytes = 26;

}  // namespace

Result<Answer> Queries::answer(std::string_view name, const Json& parameters) {
  using Handler = Result<Answer> (Queries::*)(const Json&);
  struct Named {
    std::string_view name;
    Handler handler;
  };
  static constexpr std::array kTable{
      Named{"articles.list", &Queries::list_articles}, Named{"articles.latest", &Queries::latest_articles},
      Named{"articles.get", &Queries::get_article},    Named{"categories.list", &Queries::list_categories},
      Named{"users.list", &Queries::list_users},       Named{"users.get", &Queries::get_user},
      Named{"groups.list", &Queries::list_groups},     Named{"courses.list", &Queries::list_courses},
      Named{"courses.get", &Queries::get_course},
  };
  for (const Named& known : kTable) {
    if (known.name == name) return (this->*known.handler)(parameters);
  }
  return Error{Errc::kNotFound, "the store has no query of this name"};
}

std::uint64_t Queries::touched(Depends depends) const {
  const Tallies& tallies = model_.tallies();
  switch (depends) {
    case Depends::kArticles:
      return std::max({tallies.of(article_scope(PublicationStatus::kDraft)).touched,
                       tallies.of(article_scope(PublicationStatus::kPublished)).touched, tallies.of(kNamesScope).touched});
    case Depends::kCategories:
      return tallies.of(kCategoryScope).touched;
    case Depends::kCourses:
      return std::max(tallies.of(course_scope(PublicationStatus::kDraft)).touched,
                      tallies.of(course_scope(PublicationStatus::kPublished)).touched);
    case Depends::kPeople:
      return std::max(tallies.of(kUserScope).touched, tallies.of(kGroupScope).touched);
  }
  return 0;
}

Result<Statement*> Queries::prepared(const std::string& sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    FRESHET_TRY(statement, model_.database().prepare(sql));
    found = statements_.emplace(sql, std::move(statement)).first;
  }
  return &found->second;
}

std::string Queries::list_etag(std::uint64_t touched, Language language) const {
  return format_etag(EntityTag{model_.checkpoint().epoch, StreamSequence{touched}, {}, std::string(code_of(language))});
}

// Lists other than the articles' are in the order of their ids, which is the order of creation.
Result<Answer> Queries::list_by_id(const Json& parameters, const ById& list,
                                   const std::function<Result<std::string>(const Rows&)>& encode) {
  FRESHET_TRY(request, parse_page_request(parameters, kIdBytes));
  const auto fetch = [&](const Stretch& stretch) -> Result<std::vector<Row>> {
    const bool forward = stretch.walk == Walk::kForward;
    // No id is above `~`; none is below the empty text.
    const std::string_view beyond = stretch.beyond.empty() && !forward ? std::string_view("~") : stretch.beyond;
    FRESHET_TRY(statement,
                prepared(list.select + (forward ? " id > ?1 ORDER BY id" : " id < ?1 ORDER BY id DESC") + " LIMIT ?2 OFFSET ?3"));
    Rows rows = statement->run(beyond, stretch.limit, stretch.offset);
    std::vector<Row> out;
    while (true) {
      FRESHET_TRY(more, rows.next());
      if (!more) return out;
      FRESHET_TRY(json, encode(rows));
      out.push_back(Row{std::string(rows.text(0)), std::move(json)});
    }
  };
  FRESHET_TRY(page, answer_page(request, list.tally.count, fetch));
  return Answer{std::move(page.body), list_etag(list.tally.touched, list.language), std::move(page.link), list.depends};
}

Result<Answer> Queries::list_categories(const Json& parameters) {
  FRESHET_TRY(language, language_of(parameters));
  const std::string column = (json_true(parameters, "staff") ? "staff_" : "shown_") + std::string(code_of(language));
  const Tally tally = model_.tallies().of(kCategoryScope);
  return list_by_id(parameters,
                    ById{"SELECT id, " + column + " FROM category WHERE NOT deleted AND", tally, language, Depends::kCategories},
                    [](const Rows& rows) -> Result<std::string> { return std::string(rows.text(1)); });
}

Result<std::string> Queries::encode_profile(const Rows& user) {
  User shown;
  shown.id = user.text(0);
  shown.username = user.text(1);
  shown.name = user.text(2);
  shown.avatar = user.text(3);
  shown.is_staff = user.integer(4) != 0;
  FRESHET_TRY(select,
              prepared("SELECT g.id, g.name FROM group_member m JOIN user_group g ON g.id = m.group_id WHERE m.user_id = ? ORDER BY g.id"));
  Rows rows = select->run(std::string_view(shown.id));
  std::vector<GroupName> groups;
  while (true) {
    FRESHET_TRY(more, rows.next());
    if (!more) break;
    groups.push_back(GroupName{std::string(rows.text(0)), std::string(rows.text(1))});
  }
  std::string out;
  JsonWriter writer(out);
  append_profile(writer, shown, groups);
  return out;
}

Result<Answer> Queries::list_users(const Json& parameters) {
  const Tally tally{model_.tallies().of(kUserScope).count, touched(Depends::kPeople)};
  return list_by_id(parameters,
                    ById{"SELECT id, username, name, avatar, is_staff FROM user WHERE", tally, Language::kEnglish, Depends::kPeople},
                    [this](const Rows& rows) { return encode_profile(rows); });
}

Result<Answer> Queries::get_user(const Json& parameters) {
  FRESHET_TRY(select, prepared("SELECT id, username, name, avatar, is_staff FROM user WHERE id = ?"));
  Rows rows = select->run(std::string_view(json_text_or(parameters, "id", "")));
  FRESHET_TRY(found, rows.next());
  if (!found) return Error{Errc::kNotFound, "there is no such user"};
  FRESHET_TRY(profile, encode_profile(rows));
  return Answer{std::move(profile), list_etag(touched(Depends::kPeople), Language::kEnglish), {}, Depends::kPeople};
}

Result<Answer> Queries::list_groups(const Json& parameters) {
  const Tally tally{model_.tallies().of(kGroupScope).count, touched(Depends::kPeople)};
  return list_by_id(parameters, ById{"SELECT id, name FROM user_group WHERE", tally, Language::kEnglish, Depends::kPeople},
                    [](const Rows& rows) -> Result<std::string> {
                      std::string out;
                      JsonWriter(out).begin_object().field("id", rows.text(0)).field("name", rows.text(1)).end_object();
                      return out;
                    });
}

}  // namespace freshet
