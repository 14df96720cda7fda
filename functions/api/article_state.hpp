// An article as the log has it now, with what it borrows as that is now, and the answers made of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "functions/api/context.hpp"
#include "functions/api/http.hpp"
#include "shared/domain/article.hpp"
#include "shared/position.hpp"

namespace freshet::api {

// No article of that key, or none any more: one answer for both, and for a draft that the asker may not see.
[[nodiscard]] Error no_such_article();

struct ArticleState {
  Article article;
  StreamSequence sequence{};  // of the article's subject
  StreamSequence related{};   // the newest of its category's and its author's
};

// By id or slug. kNotFound when there is none. `related` is not yet known: refresh().
[[nodiscard]] Result<ArticleState> read_article(Context& context, std::string_view key);

// Brings the copies of category and author up to date in all of them, in one round trip, and sets `related`.
[[nodiscard]] Result<void> refresh(Context& context, std::span<ArticleState> states);

// The answer to a write: the new state in the asked language, ETag and Freshet-Position.
[[nodiscard]] Response article_response(std::uint16_t status, const ArticleState& state, Language language, std::string_view epoch,
                                        StreamSequence position);

// 412 with the state that the writer has not seen: its ETag, and the article as `current`.
[[nodiscard]] Result<Response> changed_by_somebody_else(Context& context, ArticleState state, Language language, std::string_view epoch);

}  // namespace freshet::api
