// Documents: what the API says about itself: OpenAPI 3.1, AsyncAPI 3, and our public keys.
//
// Shape     the sources are openapi.json and asyncapi.json beside this file; the build checks and embeds them, a test holds them against
//           the route table
#pragma once

#include <string_view>
#include <vector>

#include "functions/api/router.hpp"

namespace freshet::api {

[[nodiscard]] std::string_view openapi_document();
[[nodiscard]] std::string_view asyncapi_document();

[[nodiscard]] std::vector<Route> document_routes();

[[nodiscard]] Result<Response> openapi(Request& request, Context& context);
[[nodiscard]] Result<Response> asyncapi(Request& request, Context& context);
[[nodiscard]] Result<Response> jwks(Request& request, Context& context);

}  // namespace freshet::api
