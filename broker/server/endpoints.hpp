// Endpoints: what a path of the broker is, and who may open a stream from where. Pure functions.
//
// Shape     an endpoint is a row of one table: its path, what it is, its channel, who may follow it
// Source    CONTRACT 1 (trailing slash, CORS), 3 and 4 (paths of the streams), 8 (origins, close codes)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/headers.hpp"

namespace freshet::broker {

enum class Access : std::uint8_t { kAnybody, kUser, kStaff };

struct Endpoint {
  enum class Kind : std::uint8_t { kNone, kStream, kSocket, kNoSocket, kHealth, kReady, kMetrics };
  Kind kind = Kind::kNone;
  std::string_view channel{};  // of a stream (SSE) or socket; static text
  Access access = Access::kAnybody;
};
// A path below /ws/ that is none is a kNoSocket: who asks for a socket there is told so on one (close 4004).
[[nodiscard]] Endpoint find_endpoint(std::string_view path);

enum class OriginCheck : std::uint8_t { kAbsent, kAllowed, kRefused };
// `host` is the request's Host: a page of the same host and port is our own.
[[nodiscard]] OriginCheck check_origin(std::string_view origin, std::string_view host, const std::vector<std::string>& allowed);

// CORS headers of an answer to a page of `origin`, which was allowed; only `Vary` when there was none.
[[nodiscard]] HeaderList cors_headers(OriginCheck check, std::string_view origin);
[[nodiscard]] HeaderList preflight_headers();

}  // namespace freshet::broker
