#include "shared/domain/article.hpp"

namespace freshet {
namespace {

void append_translation(JsonWriter& writer, const Translation& translation) {
  writer.begin_object().field("title", translation.title).field("content", translation.content).field("excerpt", translation.excerpt);
  writer.end_object();
}

void append_translations(JsonWriter& writer, const Article& article) {
  writer.key("translations").begin_object();
  for (const Language language : kLanguages) {
    if (!article.translations[language]) continue;
    writer.key(code_of(language));
    append_translation(writer, *article.translations[language]);
  }
  writer.end_object();
}

void append_author(JsonWriter& writer, const Author& author) {
  writer.key("author").begin_object().field("id", author.id).field("username", author.username).field("name", author.name).end_object();
}

void append_time(JsonWriter& writer, std::string_view name, const std::optional<WallTime>& time) {
  writer.key(name);
  if (time) {
    writer.text(format_time(*time));
  } else {
    writer.null();
  }
}

ByLanguage<Translation> translations_of(const Json& state) {
  ByLanguage<Translation> out;
  const Json* translations = json_member(state, "translations");
  for (const Language language : kLanguages) {
    const Json* one = translations != nullptr ? json_member(*translations, code_of(language)) : nullptr;
    if (one == nullptr || !one->is_object()) continue;
    out[language] = Translation{json_text_or(*one, "title", ""), json_text_or(*one, "content", ""), json_text_or(*one, "excerpt", "")};
  }
  return out;
}

}  // namespace

std::string encode_article(const Article& article) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("id", article.id).field("slug", article.slug);
  if (article.deleted) {
    writer.key("deleted").boolean(true).field("updated_at", format_time(article.updated_at)).end_object();
    return out;
  }
  writer.field("status", name_of(article.status)).key("category");
  if (article.category) {
    writer.raw(encode_category(*article.category));
  } else {
    writer.null();
  }
  append_author(writer, article.author);
  append_translations(writer, article);
  append_time(writer, "published_at", article.published_at);
  writer.field("created_at", format_time(article.created_at)).field("updated_at", format_time(article.updated_at)).end_object();
  return out;
}

Result<Article> decode_article(std::string_view payload) {
  FRESHET_TRY(state, parse_json_object(payload));
  const std::string* id = json_text(state, "id");
  const std::string* slug = json_text(state, "slug");
  if (id == nullptr || slug == nullptr) return Error{Errc::kInvalidArgument, "an article's state has an id and a slug"};
  Article article;
  article.id = *id;
  article.slug = *slug;
  article.deleted = json_true(state, "deleted");
  article.updated_at = json_time(state, "updated_at").value_or(WallTime{});
  if (article.deleted) return article;

  const auto status = parse_publication_status(json_text_or(state, "status", ""));
  const auto created_at = json_time(state, "created_at");
  const Json* author = json_member(state, "author");
  if (!status || !created_at || author == nullptr) {
    return Error{Errc::kInvalidArgument, "an article's state has a status (draft, published), a created_at and an author"};
  }
  article.status = *status;
  article.created_at = *created_at;
  article.published_at = json_time(state, "published_at");
  article.author = Author{json_text_or(*author, "id", ""), json_text_or(*author, "username", ""), json_text_or(*author, "name", "")};
  article.translations = translations_of(state);
  if (const Json* category = json_member(state, "category"); category != nullptr && category->is_object()) {
    FRESHET_TRY(decoded, category_from_json(*category));
    article.category = std::move(decoded);
  }
  return article;
}

Event article_event(const Article* before, const Article& now, Random& random) {
  Event event = publication_event("article", before, now, random);
  for (const Language language : kLanguages) {
    if (!now.translations[language] && !(before != nullptr && before->translations[language])) continue;
    if (!event.languages.empty()) event.languages += ',';
    event.languages += code_of(language);
  }
  return event;
}

void append_article(JsonWriter& writer, const Article& article, Language asked, ArticleShape shape, std::uint64_t view_count) {
  writer.begin_object().field("id", article.id).field("slug", article.slug);
  if (shape == ArticleShape::kGone) {
    writer.end_object();
    return;
  }
  static const Translation kNone;
  const Translation* shown = article.translations.shown(asked);
  const Translation& text = shown != nullptr ? *shown : kNone;
  writer.field("status", name_of(article.status)).key("category");
  if (article.category) {
    append_category(writer, *article.category, asked, CategoryShape::kShown);
  } else {
    writer.null();
  }
  append_author(writer, article.author);
  writer.field("title", text.title).field("excerpt", text.excerpt);
  if (shape != ArticleShape::kListItem) writer.field("content", text.content);
  writer.field("language", code_of(article.translations.shown_language(asked)));
  if (shape == ArticleShape::kFull) append_translations(writer, article);
  append_time(writer, "published_at", article.published_at);
  writer.field("created_at", format_time(article.created_at)).field("updated_at", format_time(article.updated_at));
  if (shape != ArticleShape::kStream) writer.key("view_count").number(static_cast<std::int64_t>(view_count));
  writer.end_object();
}

}  // namespace freshet
