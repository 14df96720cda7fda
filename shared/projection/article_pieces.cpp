#include "shared/projection/article_pieces.hpp"

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

}  // namespace

ArticlePieces cut_article(const Article& article) {
  ArticlePieces pieces;
  for (const Language language : kLanguages) {
    std::string full;
    JsonWriter writer(full);
    append_article(writer, article, language, ArticleShape::kFull);
    auto& shown = pieces.shown[index_of(language)];
    std::string_view rest = full;
    const auto head = take_until(rest, ",\"category\":");
    take_until(rest, ",\"author\":");
    take_until(rest, ",\"title\":");
    shown.text = take_until(rest, ",\"content\":");
    rest.remove_prefix(std::string_view(",\"content\":").size());
    const auto content = take_until(rest, ",\"language\":");
    shown.language = take_until(rest, ",\"translations\":");
    rest.remove_prefix(std::string_view(",\"translations\":").size());
    const auto translations = take_until(rest, ",\"published_at\":");
    // Looked for behind its key and in its language: another member may hold the same text.
    const auto block = translations.find("\"" + std::string(code_of(article.translations.shown_language(language))) + "\":{");
    if (block != std::string_view::npos) {
      constexpr std::string_view kKey = ",\"content\":";
      shown.content_at = translations.find(kKey, block) + kKey.size();
      shown.content_size = content.size();
      FRESHET_CHECK(translations.substr(shown.content_at, shown.content_size) == content);
    }
    if (!pieces.head.empty()) continue;
    pieces.head.append(head).append(",\"category\":");
    pieces.translations = translations;
    FRESHET_CHECK(rest.ends_with(":0}"));
    pieces.times = rest.substr(0, rest.size() - 2);
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
