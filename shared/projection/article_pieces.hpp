// ArticlePieces: the JSON of an article cut where today's category, author, content and views go in.
//
// Shape     a list item is  head + category + author + shown[L].text + shown[L].language + times + views + `}`
//           the full one    head + category + `,"author":` + author + text + `,"content":` + content + language +
//                           `,"translations":` + translations + times + views + `}`
//           The content is a part of `translations` (from `content_at`, `content_size` bytes), so no text is kept twice.
// Why       A list answer is then a concatenation, a renamed category is one changed row, and the bytes are still those of
//           append_article (shared/domain): pieces are cut out of its output, and a test compares both for random articles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "shared/domain/article.hpp"

namespace freshet {

struct ArticlePieces {
  struct Shown {
    std::string text;      // `,"title":…,"excerpt":…`
    std::string language;  // `,"language":"en"`
    std::size_t content_at = 0;
    std::size_t content_size = 0;
  };
  std::string head;          // `{"id":…,"status":…,"category":`
  std::array<Shown, kLanguages.size()> shown;
  std::string translations;  // `{"en":{…},…}`
  std::string times;         // `,"published_at":…,"view_count":`
};
[[nodiscard]] ArticlePieces cut_article(const Article& article);

// The category (`null` without one) and the author as the article's own state has them.
[[nodiscard]] std::string encode_shown_category(const Category* category, Language asked);
[[nodiscard]] std::string encode_shown_author(const Author& author);

// The quote that ends the JSON text whose first quote is at `at`.
[[nodiscard]] std::size_t end_of_json_text(std::string_view json, std::size_t at);

// What one row of the read model gives; views into it.
struct ArticleParts {
  std::string_view head;
  std::string_view category;
  std::string_view author;
  std::string_view text;
  std::string_view language;
  std::string_view times;
  std::uint64_t view_count = 0;
};
void append_list_item(std::string& out, const ArticleParts& parts);
void append_full(std::string& out, const ArticleParts& parts, std::string_view content, std::string_view translations);

}  // namespace freshet
