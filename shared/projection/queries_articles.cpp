// The questions about articles (shared/projection/queries.hpp).
#include <algorithm>
#include <limits>

#include "shared/id.hpp"
#include "shared/projection/article_pieces.hpp"
#include "shared/projection/queries.hpp"
#include "shared/projection/tokenizer.hpp"
#include "shared/text.hpp"

namespace freshet {
namespace {

constexpr std::size_t kKeyBytes = 8;

std::string encode_key(std::int64_t key) {
  std::string out(kKeyBytes, '\0');
  for (std::size_t i = 0; i < kKeyBytes; ++i) out[i] = static_cast<char>(static_cast<std::uint64_t>(key) >> (8 * (kKeyBytes - 1 - i)));
  return out;
}

std::int64_t decode_key(std::string_view bytes) {
  std::uint64_t key = 0;
  for (const char c : bytes) key = key << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(key);
}

// Columns 0 to 7 of a row: key and ArticleParts.
std::string part_columns(Language language) {
  const std::string code(code_of(language));
  return "a.key, a.head, coalesce(c.shown_" + code + ", a.category_" + code + "), coalesce(u.shown, a.author), a.text_" + code +
         ", a.language_" + code + ", a.times, a.view_count";
}
constexpr std::string_view kJoins = " LEFT JOIN category c ON c.id = a.category_id LEFT JOIN user u ON u.id = a.author_id";

constexpr std::string_view kNewestMatches = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?";

ArticleParts parts_of(const Rows& rows) {
  return ArticleParts{
      rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5), rows.text(6), static_cast<std::uint64_t>(rows.integer(7))};
}

}  // namespace

Result<Language> language_of(const Json& parameters) {
  const auto language = parse_language(json_text_or(parameters, "language", code_of(Language::kEnglish)));
  if (language) return *language;
  Error error{Errc::kInvalidArgument, "a parameter is not valid"};
  error.fields["language"].push_back("expected en or th");
  return error;
}

Result<std::optional<PublicationStatus>> status_of(const Json& parameters) {
  const std::string status = json_text_or(parameters, "status", name_of(PublicationStatus::kPublished));
  if (status == "all") return std::optional<PublicationStatus>();
  if (const auto parsed = parse_publication_status(status)) return parsed;
  return Error{Errc::kInvalidArgument, "a parameter is not valid", {{"status", {"expected draft, published or all"}}}};
}

// The keys first, from an index alone, and then the rows: what an offset skips is never read.
std::string Queries::list_sql(const ArticleFilter& filter, Language language, Walk walk) {
  const bool forward = walk == Walk::kForward;
  const std::string order = forward ? " DESC" : " ASC";
  const std::string bound = forward ? " < ?1" : " > ?1";
  std::string keys;
  if (filter.by_search) {
    keys = "SELECT rowid AS key FROM search WHERE rowid" + bound + " AND search MATCH ?4 ORDER BY rowid" + order;
  } else {
    keys = "SELECT key FROM article WHERE key" + bound;
    if (filter.status) keys += " AND status = ?4";
    if (filter.by_category) keys += filter.status ? " AND category_id = ?5" : " AND category_id = ?4";
    keys += " ORDER BY key" + order;
  }
  return "SELECT " + part_columns(language) + " FROM (" + keys + " LIMIT ?2 OFFSET ?3) k CROSS JOIN article a ON a.key = k.key" +
         std::string(kJoins) + " ORDER BY k.key" + order;
}

std::string Queries::row_sql(Language language) {
  return "SELECT " + part_columns(language) + " FROM article a" + std::string(kJoins) + " WHERE a.key = ?";
}

Result<Queries::ArticleFilter> Queries::filter_of(const Json& parameters) {
  ArticleFilter filter;
  FRESHET_TRY(status, status_of(parameters));
  filter.status = status;
  if (const std::string* slug = json_text(parameters, "category"); slug != nullptr && !slug->empty()) {
    filter.by_category = true;
    FRESHET_TRY(find, prepared("SELECT id FROM category WHERE slug = ? AND NOT deleted"));
    Rows rows = find->run(*slug);
    FRESHET_TRY(found, rows.next());
    if (found) filter.category_id = rows.text(0);
  }
  if (const std::string* typed = json_text(parameters, "search"); typed != nullptr && !trim(*typed).empty()) {
    FRESHET_TRY_VOID(model_.refresh_search());
    filter.by_search = true;
    filter.match = search_expression(*typed);
    if (filter.match.empty()) return filter;
    // Status and category are words of their own column, so that the index alone finds and counts the matches.
    filter.match = "text : (" + filter.match + ")";
    if (filter.status) filter.match += *filter.status == PublicationStatus::kPublished ? " AND marks : s1" : " AND marks : s0";
    if (!filter.category_id.empty()) filter.match += " AND marks : c" + filter.category_id;
  }
  return filter;
}

std::int64_t Queries::count_articles(const ArticleFilter& filter) const {
  if (filter.matches_nothing()) return 0;
  const Tallies& tallies = model_.tallies();
  const auto of = [&](PublicationStatus status) { return tallies.of(article_scope(status, filter.category_id)).count; };
  return filter.status ? of(*filter.status) : of(PublicationStatus::kDraft) + of(PublicationStatus::kPublished);
}

std::uint64_t Queries::articles_touched(const ArticleFilter& filter) const {
  const Tallies& tallies = model_.tallies();
  std::uint64_t newest = tallies.of(kNamesScope).touched;
  for (const PublicationStatus status : {PublicationStatus::kDraft, PublicationStatus::kPublished}) {
    if (filter.status && *filter.status != status) continue;
    newest = std::max(newest, tallies.of(article_scope(status, filter.category_id)).touched);
  }
  return newest;
}

Result<std::vector<Row>> Queries::fetch_articles(const ArticleFilter& filter, Language language, const Stretch& stretch) {
  std::vector<Row> out;
  if (filter.matches_nothing()) return out;
  FRESHET_TRY(select, prepared(list_sql(filter, language, stretch.walk)));
  const std::int64_t open_end = stretch.walk == Walk::kForward ? std::numeric_limits<std::int64_t>::max() : 0;
  const std::int64_t beyond = stretch.beyond.empty() ? open_end : decode_key(stretch.beyond);
  const auto run = [&]() -> Rows {
    if (filter.by_search) return select->run(beyond, stretch.limit, stretch.offset, std::string_view(filter.match));
    if (filter.status && filter.by_category)
      return select->run(beyond, stretch.limit, stretch.offset, static_cast<int>(*filter.status), std::string_view(filter.category_id));
    if (filter.status) return select->run(beyond, stretch.limit, stretch.offset, static_cast<int>(*filter.status));
    if (filter.by_category) return select->run(beyond, stretch.limit, stretch.offset, std::string_view(filter.category_id));
    return select->run(beyond, stretch.limit, stretch.offset);
  };
  Rows rows = run();
  while (true) {
    FRESHET_TRY(more, rows.next());
    if (!more) return out;
    out.push_back(Row{encode_key(rows.integer(0)), {}});
    append_list_item(out.back().json, parts_of(rows));
  }
}

Result<std::vector<Row>> Queries::fetch_rows(std::span<const std::int64_t> keys, Language language) {
  FRESHET_TRY(select, prepared(row_sql(language)));
  std::vector<Row> out;
  for (const std::int64_t key : keys) {
    Rows rows = select->run(key);
    FRESHET_TRY(found, rows.next());
    if (!found) continue;
    out.push_back(Row{encode_key(key), {}});
    append_list_item(out.back().json, parts_of(rows));
  }
  return out;
}

// The newest matches are counted and numbered; a cursor goes on behind them.
Result<PageAnswer> Queries::page_of_search(const ArticleFilter& filter, Language language, const PageRequest& request) {
  std::vector<std::int64_t> newest;
  if (!filter.matches_nothing()) {
    FRESHET_TRY(select, prepared(std::string(kNewestMatches)));
    Rows rows = select->run(std::string_view(filter.match), kSearchCounted);
    while (true) {
      FRESHET_TRY(more, rows.next());
      if (!more) break;
      newest.push_back(rows.integer(0));
    }
  }
  return answer_page(request, static_cast<std::int64_t>(newest.size()), [&](const Stretch& stretch) {
    if (request.keyset) return fetch_articles(filter, language, stretch);
    const std::size_t from = std::min(stretch.offset, newest.size());
    return fetch_rows(std::span(newest).subspan(from, std::min(stretch.limit, newest.size() - from)), language);
  });
}

Result<Answer> Queries::list_articles(const Json& parameters) {
  FRESHET_TRY(language, language_of(parameters));
  FRESHET_TRY(request, parse_page_request(parameters, kKeyBytes));
  FRESHET_TRY(filter, filter_of(parameters));
  const auto list = [&](const Stretch& stretch) { return fetch_articles(filter, language, stretch); };
  FRESHET_TRY(page, filter.by_search ? page_of_search(filter, language, request) : answer_page(request, count_articles(filter), list));
  return Answer{std::move(page.body), list_etag(articles_touched(filter), language), std::move(page.link), Depends::kArticles};
}

Result<Answer> Queries::latest_articles(const Json& parameters) {
  FRESHET_TRY(language, language_of(parameters));
  const ArticleFilter published;
  FRESHET_TRY(rows, fetch_articles(published, language, Stretch{Walk::kForward, {}, 0, limits::kLatest}));
  Answer answer{{}, list_etag(articles_touched(published), language), {}, Depends::kArticles};
  JsonWriter writer(answer.body);
  writer.begin_array();
  for (const Row& row : rows) writer.raw(row.json);
  writer.end_array();
  return answer;
}

Result<Answer> Queries::get_article(const Json& parameters) {
  FRESHET_TRY(language, language_of(parameters));
  const std::string name = json_text_or(parameters, "id_or_slug", "");
  const std::string code(code_of(language));
  FRESHET_TRY(select, prepared("SELECT " + part_columns(language) +
                               ", a.status, a.sequence, max(ifnull(c.sequence, 0), ifnull(u.sequence, 0)), "
                               "a.content_at_" +
                               code + ", a.content_size_" + code + ", b.translations FROM article a JOIN article_body b ON b.key = a.key" +
                               std::string(kJoins) + (is_id(name) ? " WHERE a.id = ?" : " WHERE a.slug = ?")));
  Rows rows = select->run(std::string_view(name));
  FRESHET_TRY(found, rows.next());
  const bool visible = found && (rows.integer(8) == static_cast<int>(PublicationStatus::kPublished) || json_true(parameters, "staff"));
  if (!visible) return Error{Errc::kNotFound, "there is no such article"};
  const StreamSequence sequence{static_cast<std::uint64_t>(rows.integer(9))};
  // What the article borrows counts once it is newer than the article, so that the tag of a write and of the first read agree.
  StreamSequence related{static_cast<std::uint64_t>(rows.integer(10))};
  if (related < sequence) related = StreamSequence{};
  Answer answer;
  answer.etag = format_etag(EntityTag{model_.checkpoint().epoch, sequence, related, code});
  const auto translations = rows.text(13);
  const auto content = translations.substr(static_cast<std::size_t>(rows.integer(11)), static_cast<std::size_t>(rows.integer(12)));
  answer.body.reserve(translations.size() + content.size() + 2048);
  append_full(answer.body, parts_of(rows), content, translations);
  return answer;
}

}  // namespace freshet
