// Problem: an Error as clients see it.
//
// Shape     {"type","title","status","detail"} and, where fields are bad, "errors": {field: [why]}; further members by the caller
// Source    RFC 9457; CONTRACT 1. The type is `urn:freshet:problem:<name of the Errc>`.
#pragma once

#include <string_view>

#include "functions/api/http.hpp"
#include "shared/json.hpp"
#include "shared/result.hpp"

namespace freshet::api {

// With Retry-After where the same request may succeed later, WWW-Authenticate on 401, and `no-store`: an error is of this moment.
[[nodiscard]] Response problem(const Error& error);

// The same with one more member, whose value is JSON already.
[[nodiscard]] Response problem_with(const Error& error, std::string_view member, std::string_view json);

}  // namespace freshet::api
