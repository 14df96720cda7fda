// What a body has to be before a handler sees it.
#pragma once

#include <string_view>

#include "functions/api/http.hpp"

namespace freshet::api {

// True for `application/json` and `application/*+json`, with no charset but UTF-8 (RFC 8259 8.1, RFC 6839).
[[nodiscard]] bool is_json_type(std::string_view content_type);

// A `traceparent` header that is well formed (W3C Trace Context 3.2.2), else nothing.
[[nodiscard]] std::string_view traceparent_of(const Request& request);

}  // namespace freshet::api
