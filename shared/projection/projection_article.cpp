// How an article's event becomes rows (shared/projection/projection.hpp).
#include <algorithm>
#include <optional>

#include "shared/projection/article_pieces.hpp"
#include "shared/projection/projection.hpp"

namespace freshet {
namespace {

constexpr int kTieBits = 20;

std::int64_t sort_milliseconds(const Article& article) {
  const auto at = article.published_at.value_or(article.created_at).time_since_epoch().count();
  constexpr std::int64_t kMax = (std::int64_t{1} << (62 - kTieBits)) - 1;  // some 139 years from 1970
  return std::clamp<std::int64_t>(at, 0, kMax);
}

}  // namespace

struct Projection::Known {
  bool exists = false;
  std::int64_t key = 0;
  std::int64_t status = 0;
  std::string category_id;
  std::int64_t view_count = 0;
};

Result<Projection::Known> Projection::find_article(std::string_view id) {
  Rows rows = sql(kFindArticle).run(id);
  FRESHET_TRY(found, rows.next());
  if (!found) return Known{};
  return Known{true, rows.integer(0), rows.integer(1), std::string(rows.text(2)), rows.integer(3)};
}

Result<void> Projection::apply_article(std::string_view id, const LogMessage& message) {
  if (model_->mode() == FillMode::kLive) touched_.insert(Touched{EntityKind::kArticle, std::string(id)});
  if (message.payload.empty()) return remove_article(id, message.sequence);
  FRESHET_TRY(article, state_in<Article>(message, id, decode_article));
  if (!article) return {};
  if (article->deleted) return remove_article(id, message.sequence);

  FRESHET_TRY(known, find_article(id));
  FRESHET_TRY(key, key_for(*article, known));
  if (known.exists) tally_article(known.status, known.category_id, -1, message.sequence);
  FRESHET_TRY_VOID(write_article(*article, key, known, message.sequence));
  const std::string category_id = article->category ? article->category->id : "";
  tally_article(article->status == PublicationStatus::kPublished ? 1 : 0, category_id, 1, message.sequence);
  return {};
}

// The key stays while the time by which the article is sorted stays. A new one comes behind all others of its millisecond; when its million
// numbers are used up, it falls into the next millisecond.
Result<std::int64_t> Projection::key_for(const Article& article, const Known& known) {
  const std::int64_t first = sort_milliseconds(article) << kTieBits;
  if (known.exists && known.key >> kTieBits == first >> kTieBits) return known.key;
  std::int64_t end = first + (std::int64_t{1} << kTieBits);
  while (true) {
    Rows rows = sql(kHighestKey).run(end);
    FRESHET_TRY(found, rows.next());
    const std::int64_t highest = found && !rows.null(0) ? rows.integer(0) : -1;
    if (highest < first) return std::max(first, std::int64_t{1});
    if (highest + 1 < end) return highest + 1;
    end += std::int64_t{1} << kTieBits;
  }
}

Result<void> Projection::remove_article(std::string_view id, StreamSequence sequence) {
  FRESHET_TRY(known, find_article(id));
  if (!known.exists) return {};
  FRESHET_TRY_VOID(sql(kDeleteArticle).execute(known.key));
  FRESHET_TRY_VOID(sql(kDeleteBody).execute(known.key));
  FRESHET_TRY_VOID(model_->note_unsearchable(known.key));
  tally_article(known.status, known.category_id, -1, sequence);
  return {};
}

void Projection::tally_article(std::int64_t status, std::string_view category_id, std::int64_t by, StreamSequence sequence) {
  const auto which = status == 1 ? PublicationStatus::kPublished : PublicationStatus::kDraft;
  model_->tallies().change(article_scope(which), by, sequence.value);
  if (!category_id.empty()) model_->tallies().change(article_scope(which, category_id), by, sequence.value);
}

Result<void> Projection::write_article(const Article& article, std::int64_t key, const Known& known, StreamSequence sequence) {
  const bool moved = known.exists && known.key != key;
  if (moved) {
    FRESHET_TRY_VOID(sql(kDeleteArticle).execute(known.key));
    FRESHET_TRY_VOID(sql(kDeleteBody).execute(known.key));
    FRESHET_TRY_VOID(model_->note_unsearchable(known.key));
  }
  const ArticlePieces pieces = cut_article(article);
  const Category* category = article.category ? &*article.category : nullptr;
  const std::string category_id = category != nullptr ? category->id : "";
  const std::int64_t status = article.status == PublicationStatus::kPublished ? 1 : 0;
  const auto& en = pieces.shown[index_of(Language::kEnglish)];
  const auto& th = pieces.shown[index_of(Language::kThai)];
  const auto put = [&](Statement& statement, const auto&... more) {
    return statement.execute(status, sequence.value, category_id, article.author.id, article.slug, pieces.head, pieces.times, en.text, th.text,
                             en.language, th.language, encode_shown_category(category, Language::kEnglish),
                             encode_shown_category(category, Language::kThai), encode_shown_author(article.author), en.content_at,
                             en.content_size, th.content_at, th.content_size, key, more...);
  };
  if (known.exists && !moved) {
    FRESHET_TRY_VOID(put(sql(kUpdateArticle)));
  } else {
    FRESHET_TRY_VOID(put(sql(kInsertArticle), article.id, known.view_count));
  }
  FRESHET_TRY_VOID(sql(kPutBody).execute(key, pieces.translations));
  return model_->note_unsearchable(key);
}

}  // namespace freshet
