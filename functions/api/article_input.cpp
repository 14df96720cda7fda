#include "functions/api/article_input.hpp"

#include "shared/html/sanitizer.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

void read_category(Fields& fields, const Json& object, ArticleInput& input) {
  const Json* category = json_member(object, "category");
  if (category == nullptr) return;
  if (category->is_null()) {
    input.category_mention = Mention::kNull;
    return;
  }
  input.category_mention = Mention::kValue;
  const std::string* slug = category->is_object() ? json_text(*category, "slug") : category->get_ptr<const std::string*>();
  if (slug == nullptr || !is_slug(*slug)) {
    fields.fail("category", "Expected the slug of a category.");
  } else {
    input.category_slug = *slug;
  }
}

// `whole`: the translation must be complete by itself.
TranslationInput read_translation(Fields& fields, Presence whole) {
  TranslationInput translation;
  translation.title = fields.text("title", whole, limits::kTitleCodePoints);
  if (translation.title && is_blank(*translation.title)) fields.fail("title", "This field may not be blank.");
  translation.content = fields.text("content", whole, limits::kArticleContentCodePoints);
  if (translation.content) translation.content = html::sanitize(*translation.content);
  translation.excerpt = fields.text("excerpt", Presence::kOptional, limits::kExcerptCodePoints);
  return translation;
}

Result<void> apply_translations(const ArticleInput& input, Article& article) {
  Error error{Errc::kInvalidArgument, "not valid: translations"};
  if (input.mode == InputMode::kReplace) article.translations = {};
  for (const Language language : kLanguages) {
    if (input.removed[language]) article.translations[language].reset();
    const auto& given = input.translations[language];
    if (!given) continue;
    auto& translation = article.translations[language];
    const std::string prefix = "translations." + std::string(code_of(language)) + '.';
    if (!translation && !given->title) error.fields[prefix + "title"].emplace_back("This field is required.");
    if (!translation && !given->content) error.fields[prefix + "content"].emplace_back("This field is required.");
    if (!translation) translation.emplace();
    if (given->title) translation->title = *given->title;
    if (given->content) translation->content = *given->content;
    if (given->excerpt) translation->excerpt = *given->excerpt;
  }
  if (article.translations.empty()) error.fields["translations"].emplace_back("At least one language is needed.");
  if (!error.fields.empty()) return error;
  return {};
}

}  // namespace

Result<ArticleInput> parse_article_input(std::string_view body, InputMode mode) {
  FRESHET_TRY(object, parse_json_object(body));
  ArticleInput input;
  input.mode = mode;
  Fields fields(object);
  input.slug = read_slug(fields);
  input.status = read_status(fields, mode, LetterCase::kAsWritten);
  read_category(fields, object, input);
  const Presence whole = mode == InputMode::kMerge ? Presence::kOptional : Presence::kRequired;
  read_languages(fields, mode, input.removed,
                 [&](Language language, Fields& texts) { input.translations[language] = read_translation(texts, whole); });
  FRESHET_TRY_VOID(fields.finish());
  return input;
}

Result<void> apply_input(const ArticleInput& input, Article& article) {
  if (input.slug) article.slug = *input.slug;
  if (input.status) article.status = *input.status;
  return apply_translations(input, article);
}

}  // namespace freshet::api
