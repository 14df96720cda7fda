// SSE: events and comments as bytes.
//
// Shape     an event is lines `id:`, `event:`, `data:` and an empty line; text of several lines becomes several `data:` lines. A
//           comment is a line that begins with a colon; clients ignore it.
// Order     the fields of an event are written in the order id, event, data
// Source    WHATWG HTML, "Server-sent events", 9.2.5 and 9.2.6; CONTRACT 3 and 8
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "broker/fanout/notification.hpp"
#include "shared/headers.hpp"

namespace freshet::broker::sse {

struct Event {
  std::string_view id;    // empty: the client keeps the one it has
  std::string_view type;  // empty: `message`
  std::string_view data;
};

// Fields hold no NUL; `id` and `type` hold no line end. Line ends in `data` (CR, LF, CRLF) separate its lines.
void append_event(std::string& out, const Event& event);
void append_retry(std::string& out, std::chrono::milliseconds after);

// The opening event: `position` is where the stream stands.
[[nodiscard]] std::string encode_open(std::string_view position);
// Says plainly that the stream cannot go on where the client left it; `position` is where it goes on.
[[nodiscard]] std::string encode_reset(std::string_view position, std::string_view reason);
// Carries the position, so that a client of a quiet channel does not fall behind the log.
[[nodiscard]] std::string encode_keep_alive(std::string_view position);
// The last thing a stream says when the client shall come back `after` a while.
[[nodiscard]] std::string encode_goodbye(std::chrono::milliseconds after);

[[nodiscard]] std::string encode_notification(const Notification& notification);

inline constexpr std::string_view kDegraded = ": degraded\n\n";
inline constexpr std::string_view kLive = ": live\n\n";
inline constexpr std::string_view kWaiting = ": catching up\n\n";  // keeps a stream alive that has no position to tell

// Headers of every stream. CORS headers are the caller's.
[[nodiscard]] HeaderList stream_headers();

}  // namespace freshet::broker::sse
