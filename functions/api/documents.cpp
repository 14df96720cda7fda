#include "functions/api/documents.hpp"

#include "embedded.inc"
#include "shared/auth/jwks.hpp"

namespace freshet::api {
namespace {

// Fixed until the next release, and the same for everybody.
Response document(std::string_view body) {
  Response response = json_response(200, std::string(body));
  response.set("cache-control", "public, max-age=300");
  return response;
}

}  // namespace

std::string_view openapi_document() { return kOpenapi; }
std::string_view asyncapi_document() { return kAsyncapi; }

std::vector<Route> document_routes() {
  return {
      {Method::kGet, "/api/openapi.json", Access::kAnyone, openapi},
      {Method::kGet, "/api/asyncapi.json", Access::kAnyone, asyncapi},
      {Method::kGet, "/.well-known/jwks.json", Access::kAnyone, jwks},
  };
}

Result<Response> openapi(Request&, Context&) { return document(kOpenapi); }
Result<Response> asyncapi(Request&, Context&) { return document(kAsyncapi); }

Result<Response> jwks(Request&, Context& context) { return document(encode_jwks(context.keys.verifier().keys())); }

}  // namespace freshet::api
