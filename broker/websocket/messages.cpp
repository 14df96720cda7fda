#include "broker/websocket/messages.hpp"

#include "broker/websocket/encoder.hpp"
#include "shared/json.hpp"

namespace freshet::broker::websocket {
namespace {

// {"type":type, name:value, "timestamp":now}; an empty value is left out.
std::string encode_message(std::string_view type, WallTime now,
                           std::initializer_list<std::pair<std::string_view, std::string_view>> fields = {}) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().field("type", type);
  for (const auto& [name, value] : fields) {
    if (!value.empty()) writer.field(name, value);
  }
  writer.field("timestamp", format_time(now)).end_object();
  return encode_text(json);
}

}  // namespace

std::string encode_open(std::string_view position, WallTime now) { return encode_message("stream-open", now, {{"position", position}}); }

std::string encode_reset(std::string_view position, std::string_view reason, WallTime now) {
  return encode_message("stream-reset", now, {{"position", position}, {"reason", reason}});
}

std::string encode_heartbeat(std::string_view position, WallTime now) {
  return encode_message("heartbeat", now, {{"position", position}}) + encode_ping();
}

std::string encode_ping() {
  std::string out;
  append_frame(out, Opcode::kPing, "");
  return out;
}

std::string encode_status(std::string_view state, WallTime now) { return encode_message("status", now, {{"state", state}}); }
std::string encode_pong(WallTime now) { return encode_message("pong", now); }
std::string encode_error(std::string_view message, WallTime now) { return encode_message("error", now, {{"message", message}}); }

std::string encode_auth_ok(WallTime expires_at, WallTime now) {
  return encode_message("auth-ok", now, {{"expires_at", format_time(expires_at)}});
}

std::string encode_notification(const Notification& notification) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().field("type", "notification").field("timestamp", notification.created_at).key("data").begin_object();
  writer.field("id", notification.id).field("notification_type", notification.type).field("title", notification.title);
  writer.field("message", notification.message).field("icon", "key").field("color", "warning").key("data").begin_object().end_object();
  writer.field("created_at", notification.created_at).end_object().end_object();
  return encode_text(json);
}

}  // namespace freshet::broker::websocket
