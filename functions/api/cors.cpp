#include "functions/api/cors.hpp"

namespace freshet::api {

std::string_view allowed_origin(const Settings& settings, std::string_view origin) {
  for (const std::string& allowed : settings.allowed_origins) {
    if (allowed == origin) return allowed;
  }
  return {};
}

void let_origin_read(Response& response, std::string_view origin) {
  if (origin.empty()) return;
  response.set("access-control-allow-origin", std::string(origin));
  response.set("access-control-expose-headers", "ETag, Freshet-Position, Link, Location, Retry-After, WWW-Authenticate");
}

Response options_response(std::string_view allow, std::string_view origin) {
  Response response;
  response.status = 204;
  response.set("allow", std::string(allow));
  if (origin.empty()) return response;
  response.set("access-control-allow-methods", std::string(allow));
  response.set("access-control-allow-headers",
               "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Freshet-Min-Position, traceparent");
  response.set("access-control-max-age", "600");
  return response;
}

}  // namespace freshet::api
