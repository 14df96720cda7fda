#include "broker/sse/sse.hpp"

#include "shared/json.hpp"

namespace freshet::broker::sse {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out.append(name).append(": ").append(value).append("\n");
}

void append_data(std::string& out, std::string_view data) {
  for (;;) {
    const auto end = data.find_first_of("\r\n");
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    const bool pair = data.substr(end, 2) == "\r\n";
    data.remove_prefix(end + (pair ? 2 : 1));
  }
}

std::string encode_control(std::string_view type, std::string_view position, std::string_view reason) {
  std::string data;
  JsonWriter writer(data);
  writer.begin_object().field("type", type);
  if (!position.empty()) writer.field("position", position);
  if (!reason.empty()) writer.field("reason", reason);
  writer.end_object();
  std::string out;
  append_event(out, {position, type, data});
  return out;
}

}  // namespace

void append_event(std::string& out, const Event& event) {
  append_field(out, "id", event.id);
  append_field(out, "event", event.type);
  append_data(out, event.data);
  out += '\n';
}

void append_retry(std::string& out, std::chrono::milliseconds after) {
  out.append("retry: ").append(std::to_string(after.count())).append("\n");
}

std::string encode_open(std::string_view position) { return encode_control("stream-open", position, {}); }
std::string encode_reset(std::string_view position, std::string_view reason) { return encode_control("stream-reset", position, reason); }
std::string encode_keep_alive(std::string_view position) { return encode_control("keep-alive", position, {}); }

std::string encode_goodbye(std::chrono::milliseconds after) {
  std::string out;
  append_retry(out, after);
  out += '\n';
  return out;
}

std::string encode_notification(const Notification& notification) {
  std::string data;
  JsonWriter writer(data);
  writer.begin_object().field("type", "notification").field("id", notification.id).field("notification_type", notification.type);
  writer.field("title", notification.title).field("message", notification.message).field("icon", "key").field("color", "warning");
  writer.key("data").begin_object().end_object().field("created_at", notification.created_at).end_object();
  std::string out;
  append_event(out, {{}, "notification", data});
  return out;
}

HeaderList stream_headers() {
  return {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store, no-transform"}, {"X-Accel-Buffering", "no"}};
}

}  // namespace freshet::broker::sse
