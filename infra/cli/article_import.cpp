#include "infra/cli/article_import.hpp"

#include "shared/domain/user.hpp"
#include "shared/html/sanitizer.hpp"
#include "shared/id.hpp"
#include "shared/limits.hpp"
#include "shared/subject.hpp"
#include "shared/text.hpp"
#include "shared/unicode.hpp"

namespace freshet::cli {
namespace {

Error invalid(std::string detail) { return Error{Errc::kInvalidArgument, std::move(detail)}; }

nats::Append state(std::string subject, const Event& event, std::string payload) {
  nats::Append append;
  append.subject = std::move(subject);
  append.headers = event_headers(event);
  append.payload = std::move(payload);
  append.expected = StreamSequence{0};
  return append;
}

bool within(std::string_view text, std::size_t code_points) {
  const auto length = utf8_length(text);
  return length && *length <= code_points;
}

Result<ByLanguage<Translation>> translations_of(const Json& line) {
  const Json* object = json_member(line, "translations");
  ByLanguage<Translation> translations;
  for (const Language language : kLanguages) {
    const Json* one = object == nullptr ? nullptr : json_member(*object, code_of(language));
    if (one == nullptr || !one->is_object()) continue;
    Translation translation{json_text_or(*one, "title", ""), html::sanitize(json_text_or(*one, "content", "")), json_text_or(*one, "excerpt", "")};
    const std::string name(code_of(language));
    if (translation.title.empty() || !within(translation.title, limits::kTitleCodePoints)) return invalid(name + ".title: 1 to 200 characters");
    if (!within(translation.excerpt, limits::kExcerptCodePoints)) return invalid(name + ".excerpt: at most 500 characters");
    if (!within(translation.content, limits::kArticleContentCodePoints)) return invalid(name + ".content: at most 524288 characters");
    translations[language] = std::move(translation);
  }
  if (translations.empty()) return invalid("`translations` is to hold `en` or `th`");
  return translations;
}

std::optional<WallTime> time_of(const Json& line, std::string_view name) {
  const std::string* text = json_text(line, name);
  return text == nullptr ? std::nullopt : parse_time(*text);
}

// The id that a claim holds; nothing when the name is free.
Result<std::optional<std::string>> claimed(nats::JetStream& log, std::string_view subject) {
  FRESHET_TRY(claim, log.last(kLogStream, subject));
  if (!claim || claim->payload.empty()) return std::optional<std::string>{};
  FRESHET_TRY(json, parse_json_object(claim->payload));
  return std::optional<std::string>(json_text_or(json, "id", ""));
}

}  // namespace

nats::Append ArticleImport::claim(std::string subject, std::string_view id) {
  const Event event = make_event(name_of(parse_log_subject(subject).kind), Change::kCreated, clock_.wall(), random_);
  std::string payload;
  JsonWriter(payload).begin_object().field("id", id).end_object();
  return state(std::move(subject), event, std::move(payload));
}

Result<std::optional<Category>> ArticleImport::category(const Json& line, std::vector<nats::Append>& appends) {
  const Json* member = json_member(line, "category");
  if (member == nullptr || member->is_null()) return std::optional<Category>{};
  const std::string slug = member->is_string() ? member->get<std::string>() : json_text_or(*member, "slug", "");
  if (!is_slug(slug)) return invalid("`category` is to be a slug, or to hold one");
  if (const auto met = categories_.find(slug); met != categories_.end()) return std::optional<Category>(met->second);
  const std::string subject = slug_subject(EntityKind::kCategory, slug);
  FRESHET_TRY(id, claimed(log_, subject));
  Category category;
  if (id) {
    FRESHET_TRY(stored, log_.last(kLogStream, category_subject(*id)));
    if (!stored) return Error{Errc::kInternal, "the claim of category " + slug + " names nothing"};
    FRESHET_TRY(decoded, decode_category(stored->payload));
    category = std::move(decoded);
  } else {
    category.id = make_id(clock_.wall(), random_);
    category.slug = slug;
    const std::string name = member->is_object() ? json_text_or(*member, "name", slug) : slug;
    for (const Language language : kLanguages) category.names[language] = name;
    appends.push_back(claim(subject, category.id));
    appends.push_back(state(category_subject(category.id), make_event("category", Change::kCreated, clock_.wall(), random_), encode_category(category)));
  }
  return std::optional<Category>(categories_.emplace(slug, std::move(category)).first->second);
}

Result<Author> ArticleImport::author(const Json& line, std::vector<nats::Append>& appends) {
  const Json* member = json_member(line, "author");
  const std::string username = member == nullptr ? "import" : json_text_or(*member, "username", "");
  if (!is_username(username)) return invalid("`author.username` is to be 3 to 150 letters, digits and @.+-_");
  if (const auto met = authors_.find(username); met != authors_.end()) return met->second;
  const std::string subject = username_subject(fold(username));
  FRESHET_TRY(id, claimed(log_, subject));
  User user;
  if (id) {
    FRESHET_TRY(stored, log_.last(kLogStream, user_subject(*id)));
    if (!stored) return Error{Errc::kInternal, "the claim of user " + username + " names nothing"};
    FRESHET_TRY(decoded, decode_user(stored->payload));
    user = std::move(decoded);
  } else {
    user.id = make_id(clock_.wall(), random_);
    user.username = username;
    user.name = member == nullptr ? username : json_text_or(*member, "name", username);
    user.active = false;
    user.created_at = clock_.wall();
    appends.push_back(claim(subject, user.id));
    appends.push_back(state(user_subject(user.id), make_event("user", Change::kCreated, clock_.wall(), random_), encode_user(user)));
  }
  return authors_.emplace(username, Author{user.id, user.username, user.name}).first->second;
}

Result<std::vector<nats::Append>> ArticleImport::appends(const Json& line) {
  std::vector<nats::Append> appends;
  Article article;
  article.slug = json_text_or(line, "slug", "");
  if (!is_slug(article.slug) || is_reserved_slug(article.slug)) return invalid("`slug` is to be a slug, not " + article.slug);
  const auto status = parse_publication_status(json_text_or(line, "status", "draft"));
  if (!status) return invalid("`status` is draft or published");
  FRESHET_TRY(translations, translations_of(line));
  FRESHET_TRY(its_category, category(line, appends));
  FRESHET_TRY(its_author, author(line, appends));
  article.status = *status;
  article.translations = std::move(translations);
  article.category = std::move(its_category);
  article.author = std::move(its_author);
  article.created_at = time_of(line, "created_at").value_or(clock_.wall());
  article.updated_at = time_of(line, "updated_at").value_or(article.created_at);
  article.published_at = time_of(line, "published_at");
  if (article.status == PublicationStatus::kPublished && !article.published_at) article.published_at = article.created_at;
  article.id = make_id(article.created_at, random_);
  appends.push_back(claim(slug_subject(EntityKind::kArticle, article.slug), article.id));
  appends.push_back(state(article_subject(article.id), article_event(nullptr, article, random_), encode_article(article)));
  return appends;
}

}  // namespace freshet::cli
