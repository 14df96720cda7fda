#include "broker/log/event_encoder.hpp"

#include "broker/sse/gzip.hpp"
#include "broker/sse/sse.hpp"
#include "broker/websocket/encoder.hpp"
#include "shared/domain/article.hpp"
#include "shared/domain/course.hpp"
#include "shared/event.hpp"
#include "shared/routing.hpp"
#include "shared/subject.hpp"

namespace freshet::broker {
namespace {

using Texts = std::vector<ChannelText>;

Language language_of(std::string_view channel) { return channel == kArticlesTh ? Language::kThai : Language::kEnglish; }

std::string render_article(const Route& route, const Article& article, const Event& event) {
  const ArticleShape shape = event.now == Visibility::kPublic ? ArticleShape::kStream : ArticleShape::kGone;
  std::string data;
  JsonWriter writer(data);
  writer.begin_object().field("type", route.type).key("article");
  append_article(writer, article, language_of(route.channel), shape);
  writer.end_object();
  return data;
}

// On a WebSocket the document has to carry what SSE says beside it; it is the same on both (CONTRACT 4).
std::string render_course(const Route& route, const Course& course, const Event& event, std::string_view position) {
  const CourseShape shape = event.now == Visibility::kPublic ? CourseShape::kFull : CourseShape::kGone;
  std::string data;
  JsonWriter writer(data);
  writer.begin_object().field("type", route.type).key("course");
  append_course(writer, course, shape);
  writer.field("position", position).field("timestamp", format_time(event.time)).end_object();
  return data;
}

// `decode` reads the state once, `render` makes it a document for each route.
template <typename Decode, typename Render>
Result<Texts> render_routes(const Routes& routes, std::string_view payload, Decode decode, Render render) {
  FRESHET_TRY(state, decode(payload));
  Texts out;
  for (const Route& one : routes) out.push_back({one.channel, render(one, state)});
  return out;
}

// Articles are streamed on SSE alone (CONTRACT 3), and their documents do not carry what a socket's frames must.
bool on_sockets(std::string_view channel) { return channel != kArticlesEn && channel != kArticlesTh; }

std::string encode_sse(std::string_view position, std::string_view data) {
  std::string out;
  out.reserve(data.size() + position.size() + 16);
  sse::append_event(out, {position, {}, data});
  return out;
}

}  // namespace

Result<Texts> render_log_event(const Position& position, std::string_view subject, const HeaderList& headers, std::string_view payload) {
  const LogSubject named = parse_log_subject(subject);
  if (!is_routed(named.kind)) return Texts{};
  FRESHET_TRY(event, parse_event(headers));
  const Routes routes = route(named, event);
  if (routes.empty()) return Texts{};
  if (named.kind == EntityKind::kCourse) {
    const std::string at = format_position(position.epoch, position.sequence);
    return render_routes(routes, payload, decode_course,
                         [&](const Route& one, const Course& course) { return render_course(one, course, event, at); });
  }
  FRESHET_CHECK(named.kind == EntityKind::kArticle);
  return render_routes(routes, payload, decode_article,
                       [&](const Route& one, const Article& article) { return render_article(one, article, event); });
}

EventEncoder::EventEncoder(Compressed compressed) : compressed_(compressed) {
  if (compressed.sse || compressed.websocket) deflater_.emplace();
}

ChannelFrames EventEncoder::encode_channel(const ChannelText& text, std::string_view position) {
  ChannelFrames out{text.channel, {}};
  std::string event = encode_sse(position, text.data);
  if (compressed_.sse) out.frames[index_of(Format::kSseGzip)] = make_frame(sse::gzip_deflated(deflater_->deflate(event)));
  out.frames[index_of(Format::kSse)] = make_frame(std::move(event));
  if (!on_sockets(text.channel)) return out;
  out.frames[index_of(Format::kWebSocket)] = make_frame(websocket::encode_text(text.data));
  if (compressed_.websocket) out.frames[index_of(Format::kWebSocketDeflated)] = make_frame(websocket::encode_text_deflated(text.data, *deflater_));
  return out;
}

Result<LogEvent> EventEncoder::encode(const Position& position, std::string_view subject, const HeaderList& headers,
                                      std::string_view payload) {
  FRESHET_TRY(texts, render_log_event(position, subject, headers, payload));
  LogEvent out;
  out.sequence = position.sequence;
  const std::string at = format_position(position.epoch, position.sequence);
  for (const ChannelText& text : texts) {
    out.channels.push_back(encode_channel(text, at));
    for (const Frame& frame : out.channels.back().frames) out.bytes += frame ? frame->size() : 0;
  }
  return out;
}

}  // namespace freshet::broker
