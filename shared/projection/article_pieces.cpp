#include "shared/projection/article_pieces.hpp"

#include <algorithm>

namespace freshet {
namespace {

constexpr std::string_view kEmptyText = "\"\"";

// Takes the part of `rest` before `key` away from it. A key with its quotes cannot stand inside a JSON text, whose quotes are escaped, so the
// first one found is the member itself.
std::string_view take_until(std::string_view& rest, std::string_view key) {
  const auto at = rest.find(key);
  FRESHET_CHECK(at != std::string_view::npos);
  const auto part = rest.substr(0, at);
  rest.remove_prefix(at);
  return part;
}

// Where the content lies in the translations. Looked for behind its key and in its language: another member may hold the same text.
void find_content(ArticlePieces::Shown& shown, std::string_view translations, Language language) {
  constexpr std::string_view kKey = ",\"content\":";
  const auto block = translations.find("\"" + std::string(code_of(language)) + "\":{");
  if (block == std::string_view::npos) return;
  shown.content_at = translations.find(kKey, block) + kKey.size();
  shown.content_size = end_of_json_text(translations, shown.content_at) + 1 - shown.content_at;
}

}  // namespace

std::size_t end_of_json_text(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at, json.size());
}

// The texts are long, so they are encoded once: what the second language shows beside them comes from a list's item.
ArticlePieces cut_article(const Article& article) {
  ArticlePieces pieces;
  std::string full;
  JsonWriter writer(full);
  append_article(writer, article, Language::kEnglish, ArticleShape::kFull);
  auto& english = pieces.shown[index_of(Language::kEnglish)];
  std::string_view rest = full;
  pieces.head.append(take_until(rest, ",\"category\":")).append(",\"category\":");
  take_until(rest, ",\"title\":");
  english.text = take_until(rest, ",\"content\":");
  take_until(rest, ",\"language\":");
  english.language = take_until(rest, ",\"translations\":");
  rest.remove_prefix(std::string_view(",\"translations\":").size());
  pieces.translations = take_until(rest, ",\"published_at\":");
  FRESHET_CHECK(rest.ends_with(":0}"));
  pieces.times = rest.substr(0, rest.size() - 2);

  std::string item;
  JsonWriter item_writer(item);
  append_article(item_writer, article, Language::kThai, ArticleShape::kListItem);
  auto& thai = pieces.shown[index_of(Language::kThai)];
  rest = item;
  take_until(rest, ",\"title\":");
  thai.text = take_until(rest, ",\"language\":");
  thai.language = take_until(rest, ",\"published_at\":");
  for (const Language language : kLanguages) {
    find_content(pieces.shown[index_of(language)], pieces.translations, article.translations.shown_language(language));
  }
  return pieces;
}

std::string encode_shown_category(const Category* category, Language asked) {
  if (category == nullptr || category->deleted) return "null";
  std::string out;
  JsonWriter writer(out);
  append_category(writer, *category, asked, CategoryShape::kShown);
  return out;
}

std::string encode_shown_author(const Author& author) {
  std::string out;
  JsonWriter(out).begin_object().field("id", author.id).field("username", author.username).field("name", author.name).end_object();
  return out;
}

void append_list_item(std::string& out, const ArticleParts& parts) {
  out.append(parts.head).append(parts.category).append(",\"author\":").append(parts.author).append(parts.text).append(parts.language);
  out.append(parts.times).append(std::to_string(parts.view_count)).append(1, '}');
}

void append_full(std::string& out, const ArticleParts& parts, std::string_view content, std::string_view translations) {
  out.append(parts.head).append(parts.category).append(",\"author\":").append(parts.author).append(parts.text);
  out.append(",\"content\":").append(content.empty() ? kEmptyText : content).append(parts.language);
  out.append(",\"translations\":").append(translations).append(parts.times).append(std::to_string(parts.view_count)).append(1, '}');
}

}  // namespace freshet
