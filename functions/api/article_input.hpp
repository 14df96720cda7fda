// ArticleInput: what a client says an article should be, checked field by field.
//
// Shape     {slug?, status, category, translations: {en: {title, content, excerpt?}, th: {…}}} (CONTRACT 3); unknown members are ignored,
//           so that a GET's body is accepted. A category is its slug, or an object that has one; null takes it away.
//           Created without a status it is a draft, without a slug it gets one from its title. Modes: input.hpp.
// Errors    kInvalidArgument with every bad field
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "functions/api/input.hpp"
#include "shared/domain/article.hpp"
#include "shared/json.hpp"
#include "shared/result.hpp"

namespace freshet::api {

struct TranslationInput {
  std::optional<std::string> title;
  std::optional<std::string> content;  // sanitised
  std::optional<std::string> excerpt;
};

enum class Mention : std::uint8_t { kAbsent, kNull, kValue };

struct ArticleInput {
  InputMode mode = InputMode::kCreate;
  std::optional<std::string> slug;
  std::optional<PublicationStatus> status;
  Mention category_mention = Mention::kAbsent;
  std::string category_slug;
  ByLanguage<TranslationInput> translations;
  ByLanguage<bool> removed;  // set where a merge takes the language away
};

[[nodiscard]] Result<ArticleInput> parse_article_input(std::string_view body, InputMode mode);

// Lays everything but the category over `article`. Fails where the whole is not valid: a new language without a title, no language left.
[[nodiscard]] Result<void> apply_input(const ArticleInput& input, Article& article);

}  // namespace freshet::api
