// Publish or unpublish many articles: one batch, all or none.
#include <algorithm>

#include "functions/api/article_state.hpp"
#include "functions/api/articles.hpp"
#include "functions/api/names.hpp"
#include "functions/api/once.hpp"
#include "functions/api/retry.hpp"
#include "shared/id.hpp"
#include "shared/limits.hpp"
#include "shared/subject.hpp"

namespace freshet::api {
namespace {

// Each id once, in the order given.
Result<std::vector<std::string>> parse_ids(std::string_view body) {
  FRESHET_TRY(object, parse_json_object(body));
  Fields fields(object);
  auto ids = fields.texts("ids", Presence::kRequired, limits::kBulkIds);
  if (ids && ids->empty()) fields.fail("ids", "At least one id is needed.");
  for (const std::string& id : ids.value_or(std::vector<std::string>())) {
    if (is_id(id)) continue;
    fields.fail("ids", "Expected ids of articles.");
    break;
  }
  FRESHET_TRY_VOID(fields.finish());
  std::vector<std::string> unique;
  for (std::string& id : *ids) {
    if (std::find(unique.begin(), unique.end(), id) == unique.end()) unique.push_back(std::move(id));
  }
  return unique;
}

Result<std::vector<ArticleState>> read_articles(Context& context, const std::vector<std::string>& ids) {
  std::vector<std::string> subjects;
  for (const std::string& id : ids) subjects.push_back(article_subject(id));
  FRESHET_TRY(logged, context.log.read_all(subjects));
  std::vector<ArticleState> states;
  Error unknown{Errc::kNotFound, "nothing was changed; there is no article"};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto article = logged[i].exists() ? decode_article(logged[i].payload) : Result<Article>(no_such_article());
    if (!article.ok() && article.error().code != Errc::kNotFound) return std::move(article).error();
    if (!article.ok() || article->deleted) {
      unknown.detail += ' ' + ids[i];
      unknown.fields["ids"].push_back("There is no article " + ids[i] + '.');
      continue;
    }
    states.push_back(ArticleState{std::move(*article), logged[i].sequence, {}});
  }
  if (!unknown.fields.empty()) return unknown;
  return states;
}

class BulkChange {
 public:
  BulkChange(Context& context, const std::vector<std::string>& ids, PublicationStatus wanted, Once once)
      : context_(context), ids_(ids), wanted_(wanted), once_(std::move(once)) {}

  Result<Response> attempt() {
    FRESHET_TRY(epoch, context_.log.epoch());
    FRESHET_TRY(kept, once_.kept(context_));
    if (kept) return respond(kept->body, epoch, kept->sequence);
    FRESHET_TRY(states, read_articles(context_, ids_));
    StreamSequence position{};  // where nothing has to change: when the last of them became what is wanted
    for (const ArticleState& state : states) position = std::max(position, state.sequence);
    std::erase_if(states, [this](const ArticleState& state) { return state.article.status == wanted_; });
    const std::string answer = body(states);
    FRESHET_TRY(appends, events(states));
    if (once_.keyed()) appends.push_back(once_.claim(Kept{200, answer, 0, {}}));
    if (!appends.empty()) {
      FRESHET_TRY(last, commit(context_.log, appends));
      position = last;
    }
    return respond(answer, epoch, position);
  }

 private:
  Result<std::vector<Append>> events(std::vector<ArticleState>& states) {
    const std::vector<ArticleState> before = states;
    FRESHET_TRY_VOID(refresh(context_, states));
    const WallTime now = context_.clock.wall();
    std::vector<Append> appends;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
      Article& article = states[i].article;
      article.status = wanted_;
      article.updated_at = now;
      if (wanted_ == PublicationStatus::kPublished && !article.published_at) article.published_at = now;
      Event event = article_event(&before[i].article, article, context_.random);
      event.traceparent = context_.traceparent;
      appends.push_back(Append{article_subject(article.id), event_headers(event), encode_article(article), states[i].sequence, {}});
      bytes += appends.back().payload.size();
    }
    if (bytes > limits::kBulkEventsBytes) {
      return Error{Errc::kPayloadTooLarge,
                   "these articles have " + std::to_string(bytes) + " bytes; one call takes " + std::to_string(limits::kBulkEventsBytes)};
    }
    return appends;
  }

  // All ids asked for, and how many of them were not yet as wanted.
  [[nodiscard]] std::string body(const std::vector<ArticleState>& changed) const {
    std::string out;
    JsonWriter writer(out);
    writer.begin_object().key("ids").begin_array();
    for (const std::string& id : ids_) writer.text(id);
    writer.end_array().key("changed").number(static_cast<std::int64_t>(changed.size())).end_object();
    return out;
  }

  static Response respond(const std::string& answer, std::string_view epoch, StreamSequence position) {
    Response response = json_response(200, answer);
    response.set("freshet-position", format_position(epoch, position));
    return response;
  }

  Context& context_;
  const std::vector<std::string>& ids_;
  PublicationStatus wanted_;
  Once once_;
};

Result<Response> change_status(Request& request, Context& context, PublicationStatus wanted) {
  FRESHET_TRY(ids, parse_ids(request.body));
  FRESHET_TRY(once, Once::of(request, context));
  BulkChange change(context, ids, wanted, std::move(once));
  return with_retries<Response>([&] { return change.attempt(); });
}

}  // namespace

Result<Response> publish_articles(Request& request, Context& context) {
  return change_status(request, context, PublicationStatus::kPublished);
}
Result<Response> unpublish_articles(Request& request, Context& context) {
  return change_status(request, context, PublicationStatus::kDraft);
}

}  // namespace freshet::api
