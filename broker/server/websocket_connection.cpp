#include "broker/server/websocket_connection.hpp"

#include "broker/websocket/encoder.hpp"
#include "broker/websocket/messages.hpp"
#include "shared/json.hpp"

namespace freshet::broker {
namespace {

using Reaction = WebSocketConnection::Reaction;
using websocket::Event;
using websocket::Opcode;

Reaction complain(std::string_view what, WallTime now) { return WebSocketConnection::SayError{websocket::encode_error(what, now)}; }

Reaction react_to_message(std::string_view text, WallTime now) {
  const auto message = parse_json_object(text);
  if (!message.ok()) return complain("a message is one JSON object", now);
  const std::string* type = json_text(*message, "type");
  if (type == nullptr) return complain("a message has a type", now);
  if (*type == "ping") return WebSocketConnection::Say{websocket::encode_pong(now)};
  if (*type != "auth") return complain("a message of this type is not understood here", now);
  const std::string* token = json_text(*message, "token");
  if (token == nullptr) return complain("auth needs a token", now);
  return WebSocketConnection::Renew{*token};
}

// RFC 6455 5.5.1, 5.5.3: a Close is answered with its code, a Ping with what it holds.
Reaction react(Event& event, WallTime now) {
  switch (event.kind) {
    case Event::Kind::kText:
      return react_to_message(event.payload, now);
    case Event::Kind::kBinary:
      return complain("messages are text", now);
    case Event::Kind::kPong:
      return WebSocketConnection::Nothing{};
    case Event::Kind::kClose:
      return WebSocketConnection::Leave{websocket::encode_close(event.close_code, ""), false};
    case Event::Kind::kPing:
      break;
  }
  std::string pong;
  websocket::append_frame(pong, Opcode::kPong, event.payload);
  return WebSocketConnection::Say{std::move(pong)};
}

}  // namespace

std::optional<Reaction> WebSocketConnection::next(std::string_view& bytes, WallTime now) {
  Event event;
  websocket::Failure failure;
  switch (decoder_.next(bytes, event, failure)) {
    case websocket::Decoder::Outcome::kMore:
      return std::nullopt;
    case websocket::Decoder::Outcome::kEvent:
      return react(event, now);
    case websocket::Decoder::Outcome::kFailed:
      break;
  }
  return Leave{websocket::encode_close(failure.close_code, failure.reason), true};
}

}  // namespace freshet::broker
