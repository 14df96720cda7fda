// What a stream says of itself on a WebSocket, as frames: text frames with one JSON object, and a Ping beside each heartbeat.
//
// Shape     {"type":…,"position"?:…, …,"timestamp":…}; a notification has its fields in `data`
// Source    CONTRACT 6 (sockets), 7, 8
#pragma once

#include <string>
#include <string_view>

#include "broker/fanout/notification.hpp"
#include "shared/clock.hpp"

namespace freshet::broker::websocket {

[[nodiscard]] std::string encode_open(std::string_view position, WallTime now);
[[nodiscard]] std::string encode_reset(std::string_view position, std::string_view reason, WallTime now);
// With a Ping beside it.
[[nodiscard]] std::string encode_heartbeat(std::string_view position, WallTime now);
[[nodiscard]] std::string encode_ping();
[[nodiscard]] std::string encode_status(std::string_view state, WallTime now);
[[nodiscard]] std::string encode_pong(WallTime now);
[[nodiscard]] std::string encode_error(std::string_view message, WallTime now);
[[nodiscard]] std::string encode_auth_ok(WallTime expires_at, WallTime now);
[[nodiscard]] std::string encode_notification(const Notification& notification);

}  // namespace freshet::broker::websocket
