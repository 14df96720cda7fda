// Article: content in up to two languages, with its state in the log and its faces on the wire.
//
// Shape     state in the log (`log.article.<id>`): {"id","slug","status","category":{…state of the category…}|null,
//           "author":{"id","username","name"},"translations":{"en":{"title","content","excerpt"},…},"published_at",
//           "created_at","updated_at"}; a deleted one: {"id","slug","deleted":true,"updated_at"}
//           Category and author are copies from the time of the write, so that an event can be shown from itself alone; the read
//           model shows today's.
// Source    CONTRACT 3; one renderer serves the store, the functions and the broker, so that their bytes agree
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/clock.hpp"
#include "shared/domain/category.hpp"
#include "shared/domain/language.hpp"
#include "shared/domain/publication.hpp"
#include "shared/json.hpp"

namespace freshet {

struct Translation {
  std::string title;
  std::string content;  // sanitised HTML
  std::string excerpt;  // plain text
  bool operator==(const Translation&) const = default;
};

struct Author {
  std::string id;
  std::string username;
  std::string name;
  bool operator==(const Author&) const = default;
};

struct Article {
  std::string id;
  std::string slug;
  PublicationStatus status = PublicationStatus::kDraft;
  std::optional<Category> category;
  Author author;
  ByLanguage<Translation> translations;
  std::optional<WallTime> published_at;  // the first publication; kept when unpublished and published again
  WallTime created_at{};
  WallTime updated_at{};
  bool deleted = false;
  bool operator==(const Article&) const = default;
};

[[nodiscard]] std::string encode_article(const Article& article);       // state for the log
[[nodiscard]] Result<Article> decode_article(std::string_view payload);  // state from the log

// The event that leads from `before` (nullptr: there was none) to `now`: its change, visibilities and languages.
[[nodiscard]] Event article_event(const Article* before, const Article& now, Random& random);

enum class ArticleShape : std::uint8_t {
  kListItem,  // without `content` and `translations`
  kFull,      // everything
  kStream,    // a stream's frame: without `translations` and `view_count`
  kGone,      // `id` and `slug` only: unpublished and deleted
};
void append_article(JsonWriter& writer, const Article& article, Language asked, ArticleShape shape, std::uint64_t view_count = 0);

}  // namespace freshet
