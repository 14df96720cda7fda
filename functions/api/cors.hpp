// CORS: which other origins may read our answers.
//
// Source    WHATWG Fetch 3.2 (CORS protocol); CONTRACT 1. An origin that is not configured is told nothing.
#pragma once

#include <string_view>

#include "functions/api/http.hpp"
#include "functions/api/settings.hpp"

namespace freshet::api {

// `origin` when it is an allowed one, else nothing.
[[nodiscard]] std::string_view allowed_origin(const Settings& settings, std::string_view origin);
// The same for the Origin header of a request.
template <typename Headers>
[[nodiscard]] std::string_view allowed_origin(const Settings& settings, const Headers& headers) {
  const auto* origin = settings.allowed_origins.empty() ? nullptr : find_header(headers, "origin");
  return origin == nullptr ? std::string_view() : allowed_origin(settings, std::string_view(*origin));
}

// Adds what lets the page of an allowed origin read `response`.
void let_origin_read(Response& response, std::string_view origin);

// The answer to OPTIONS, preflight or not. `allow` is the value of the Allow header.
[[nodiscard]] Response options_response(std::string_view allow, std::string_view origin);

}  // namespace freshet::api
