// Create, replace, patch and delete one article. Each is one append, or one batch where a slug changes hands.
#include "functions/api/article_input.hpp"
#include "functions/api/article_state.hpp"
#include "functions/api/articles.hpp"
#include "functions/api/conditional.hpp"
#include "functions/api/language.hpp"
#include "functions/api/names.hpp"
#include "functions/api/once.hpp"
#include "functions/api/retry.hpp"
#include "functions/api/slugs.hpp"
#include "shared/id.hpp"
#include "shared/limits.hpp"

namespace freshet::api {
namespace {

Append article_append(Context& context, const Article* before, const Article& now, StreamSequence expected) {
  Event event = article_event(before, now, context.random);
  event.traceparent = context.traceparent;
  return Append{article_subject(now.id), event_headers(event), encode_article(now), expected, {}};
}

Result<void> set_category(Context& context, const ArticleInput& input, Article& article) {
  if (input.category_mention == Mention::kNull || (input.category_mention == Mention::kAbsent && input.mode != InputMode::kMerge)) {
    article.category.reset();
  }
  if (input.category_mention != Mention::kValue) return {};
  const Error unknown{Errc::kInvalidArgument, "not valid: category", {{"category", {"There is no such category."}}}};
  auto id = id_of(context, EntityKind::kCategory, input.category_slug);
  if (!id.ok()) return id.error().code == Errc::kNotFound ? unknown : std::move(id).error();
  FRESHET_TRY(logged, context.log.read(category_subject(*id)));
  if (!logged.exists()) return unknown;
  FRESHET_TRY(category, decode_category(logged.payload));
  if (category.deleted) return unknown;
  article.category = std::move(category);
  return {};
}

void set_times(Article& article, WallTime now) {
  article.updated_at = now;
  if (article.status == PublicationStatus::kPublished && !article.published_at) article.published_at = now;
}

Result<Response> created_before(Context& context, const Kept& kept, Language language) {
  FRESHET_TRY(logged, context.log.read_at(kept.event()));
  FRESHET_TRY(article, decode_article(logged.payload));
  FRESHET_TRY(epoch, context.log.epoch());
  return article_response(kept.status, ArticleState{std::move(article), logged.sequence, {}}, language, epoch, kept.sequence);
}

class Creation {
 public:
  Creation(Context& context, const ArticleInput& input, Once once, Language language)
      : context_(context), input_(input), once_(std::move(once)), language_(language) {}

  Result<Response> attempt() {
    FRESHET_TRY(kept, once_.kept(context_));
    if (kept) return created_before(context_, *kept, language_);
    FRESHET_TRY(state, draft());
    const SlugFrom from = input_.slug ? SlugFrom::kAuthor : SlugFrom::kTitle;
    FRESHET_TRY(free, find_free_slug(context_, EntityKind::kArticle, state.article.slug, from));
    return store(std::move(state), free);
  }

 private:
  Result<ArticleState> draft() {
    Article article;
    const WallTime now = context_.clock.wall();
    article.id = make_id(now, context_.random);
    article.author = context_.principal->author();
    article.created_at = now;
    FRESHET_TRY_VOID(apply_input(input_, article));
    FRESHET_TRY_VOID(set_category(context_, input_, article));
    if (!input_.slug) {
      article.slug = make_slug(article.translations.shown(Language::kEnglish)->title, how_, context_.random);
      how_ = SlugTry::kWithRandom;
    }
    set_times(article, now);
    ArticleState state{std::move(article), {}, {}};
    FRESHET_TRY_VOID(refresh(context_, {&state, 1}));
    return state;
  }

  Result<Response> store(ArticleState state, StreamSequence claim_expected) {
    const Article& article = state.article;
    std::vector<Append> appends{claim_slug(context_, EntityKind::kArticle, article.slug, article.id, claim_expected),
                                article_append(context_, nullptr, article, StreamSequence{0})};
    FRESHET_TRY(epoch, context_.log.epoch());
    FRESHET_TRY(created, commit_create(context_.log, once_, std::move(appends)));
    state.sequence = created.event;
    return article_response(201, state, language_, epoch, created.position);
  }

  Context& context_;
  const ArticleInput& input_;
  Once once_;
  Language language_;
  SlugTry how_ = SlugTry::kPlain;
};

Result<Response> change_once(Request& request, Context& context, const ArticleInput& input, Language language) {
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(before, read_article(context, request.parameters[0]));
  if (!IfMatch(request).allows(epoch, before.sequence)) return changed_by_somebody_else(context, std::move(before), language, epoch);
  ArticleState now = before;
  FRESHET_TRY_VOID(apply_input(input, now.article));
  FRESHET_TRY_VOID(set_category(context, input, now.article));
  set_times(now.article, context.clock.wall());
  FRESHET_TRY_VOID(refresh(context, {&now, 1}));
  FRESHET_TRY(position, commit_change(context, EntityKind::kArticle, now.article.id, before.article.slug, now.article.slug,
                                      article_append(context, &before.article, now.article, before.sequence)));
  now.sequence = position;
  return article_response(200, now, language, epoch, position);
}

Result<Response> change_article(Request& request, Context& context, InputMode mode) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(input, parse_article_input(request.body, mode));
  return with_retries<Response>([&] { return change_once(request, context, input, language); });
}

Result<Response> delete_once(Request& request, Context& context, Language language) {
  FRESHET_TRY(epoch, context.log.epoch());
  FRESHET_TRY(before, read_article(context, request.parameters[0]));
  if (!IfMatch(request).allows(epoch, before.sequence)) return changed_by_somebody_else(context, std::move(before), language, epoch);
  Article gone;
  gone.id = before.article.id;
  gone.slug = before.article.slug;
  gone.deleted = true;
  gone.updated_at = context.clock.wall();
  FRESHET_TRY(claim, context.log.read(slug_subject(EntityKind::kArticle, gone.slug)));
  std::vector<Append> appends;
  if (owner_of(claim) == gone.id) appends.push_back(release_slug(context, EntityKind::kArticle, gone.slug, claim.sequence));
  appends.push_back(article_append(context, &before.article, gone, before.sequence));
  FRESHET_TRY(position, commit(context.log, appends));
  Response response;
  response.status = 204;
  response.set("freshet-position", format_position(epoch, position));
  return response;
}

}  // namespace

Result<Response> create_article(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  FRESHET_TRY(input, parse_article_input(request.body, InputMode::kCreate));
  FRESHET_TRY(once, Once::of(request, context));
  Creation creation(context, input, std::move(once), language);
  return with_retries<Response>([&] { return creation.attempt(); });
}

Result<Response> replace_article(Request& request, Context& context) { return change_article(request, context, InputMode::kReplace); }
Result<Response> patch_article(Request& request, Context& context) { return change_article(request, context, InputMode::kMerge); }

Result<Response> delete_article(Request& request, Context& context) {
  FRESHET_TRY(language, asked_language(request));
  return with_retries<Response>([&] { return delete_once(request, context, language); });
}

}  // namespace freshet::api
