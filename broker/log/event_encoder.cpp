#include "broker/log/event_encoder.hpp"

#include "broker/sse/sse.hpp"
#include "shared/domain/article.hpp"
#include "shared/event.hpp"
#include "shared/routing.hpp"
#include "shared/subject.hpp"

namespace freshet::broker {
namespace {

Language language_of(std::string_view channel) { return channel == kArticlesTh ? Language::kThai : Language::kEnglish; }

Frame encode_article_frame(const Route& route, const std::string& id, const Article& article, Visibility now) {
  const ArticleShape shape = now == Visibility::kPublic ? ArticleShape::kStream : ArticleShape::kGone;
  std::string data;
  JsonWriter writer(data);
  writer.begin_object().field("type", route.type).key("article");
  append_article(writer, article, language_of(route.channel), shape);
  writer.end_object();
  std::string out;
  out.reserve(data.size() + id.size() + 16);
  sse::append_event(out, {id, {}, data});
  return make_frame(std::move(out));
}

}  // namespace

Result<LogEvent> encode_log_event(const Position& position, std::string_view subject, const HeaderList& headers,
                                  std::string_view payload) {
  LogEvent out;
  out.sequence = position.sequence;
  const LogSubject named = parse_log_subject(subject);
  if (named.kind != EntityKind::kArticle) return out;
  FRESHET_TRY(event, parse_event(headers));
  const Routes routes = route(named, event);
  if (routes.empty()) return out;
  FRESHET_TRY(article, decode_article(payload));
  const std::string id = format_position(position.epoch, position.sequence);
  for (const Route& one : routes) {
    out.frames.push_back({one.channel, encode_article_frame(one, id, article, event.now)});
    out.bytes += out.frames.back().frame->size();
  }
  return out;
}

}  // namespace freshet::broker
