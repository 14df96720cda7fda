#include "functions/api/article_state.hpp"

#include <algorithm>

#include "functions/api/names.hpp"
#include "functions/api/problem.hpp"
#include "shared/domain/user.hpp"
#include "shared/id.hpp"

namespace freshet::api {
namespace {

std::string render(const Article& article, Language language) {
  std::string out;
  JsonWriter writer(out);
  append_article(writer, article, language, ArticleShape::kFull);
  return out;
}

// What the article borrows counts once it is newer than the article (as in the store), so that the tag of a write and of a read agree.
std::string etag_of(const ArticleState& state, Language language, std::string_view epoch) {
  const StreamSequence related = state.related > state.sequence ? state.related : StreamSequence{};
  return format_etag(EntityTag{std::string(epoch), state.sequence, related, std::string(code_of(language))});
}

// Adds `subject` unless it is there; gives its place.
std::size_t place_of(std::vector<std::string>& subjects, std::string subject) {
  const auto found = std::find(subjects.begin(), subjects.end(), subject);
  if (found != subjects.end()) return static_cast<std::size_t>(found - subjects.begin());
  subjects.push_back(std::move(subject));
  return subjects.size() - 1;
}

void take_category(ArticleState& state, const Logged& logged) {
  if (!logged.exists()) return;
  if (auto category = decode_category(logged.payload); category.ok() && !category->deleted) state.article.category = std::move(*category);
  state.related = std::max(state.related, logged.sequence);
}

void take_author(ArticleState& state, const Logged& logged) {
  if (!logged.exists()) return;
  if (const auto user = decode_user(logged.payload); user.ok()) state.article.author = Author{user->id, user->username, user->name};
  state.related = std::max(state.related, logged.sequence);
}

}  // namespace

Error no_such_article() { return Error{Errc::kNotFound, "no such article"}; }

Result<ArticleState> read_article(Context& context, std::string_view key) {
  FRESHET_TRY(id, id_of(context, EntityKind::kArticle, key));
  FRESHET_TRY(logged, context.log.read(article_subject(id)));
  if (!logged.exists()) return no_such_article();
  FRESHET_TRY(article, decode_article(logged.payload));
  if (article.deleted || (!is_id(key) && article.slug != key)) return no_such_article();
  return ArticleState{std::move(article), logged.sequence, {}};
}

Result<void> refresh(Context& context, std::span<ArticleState> states) {
  constexpr std::size_t kNone = SIZE_MAX;
  struct Places {
    std::size_t category = kNone;
    std::size_t author = kNone;
  };
  std::vector<std::string> subjects;
  std::vector<Places> places(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    const Article& article = states[i].article;
    if (article.category) places[i].category = place_of(subjects, category_subject(article.category->id));
    if (is_id(article.author.id)) places[i].author = place_of(subjects, user_subject(article.author.id));
  }
  if (subjects.empty()) return {};
  FRESHET_TRY(logged, context.log.read_all(subjects));
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i].related = {};
    if (places[i].category != kNone) take_category(states[i], logged[places[i].category]);
    if (places[i].author != kNone) take_author(states[i], logged[places[i].author]);
  }
  return {};
}

Response article_response(std::uint16_t status, const ArticleState& state, Language language, std::string_view epoch,
                          StreamSequence position) {
  Response response = json_response(status, render(state.article, language));
  response.set("etag", etag_of(state, language, epoch)).set("freshet-position", format_position(epoch, position));
  if (status == 201) response.set("location", "/api/content/api/articles/" + state.article.id + '/');
  return response;
}

Result<Response> changed_by_somebody_else(Context& context, ArticleState state, Language language, std::string_view epoch) {
  FRESHET_TRY_VOID(refresh(context, {&state, 1}));
  Response response = problem_with(Error{Errc::kConflict, "the article was changed since it was read; `current` is what it is now"},
                                   "current", render(state.article, language));
  response.set("etag", etag_of(state, language, epoch)).set("freshet-position", format_position(epoch, state.sequence));
  return response;
}

}  // namespace freshet::api
