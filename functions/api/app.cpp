#include "functions/api/app.hpp"

#include <algorithm>

#include "functions/api/body.hpp"
#include "functions/api/conditional.hpp"
#include "functions/api/cors.hpp"
#include "functions/api/problem.hpp"
#include "shared/limits.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

// As on an HTTP/1.1 wire: `name: value\r\n`.
template <typename Headers>
std::size_t wire_bytes(const Headers& headers) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) bytes += name.size() + value.size() + 4;
  return bytes;
}

// Same time for every secret of this length: how much of it was right does not show.
bool same_secret(std::string_view given, std::string_view secret) {
  if (given.size() != secret.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < secret.size(); ++i) difference |= static_cast<unsigned char>(given[i] ^ secret[i]);
  return difference == 0;
}

std::string client_address(const Settings& settings, const Request& request) {
  const std::string* secret = request.header("x-freshet-proxy-secret");
  const std::string* address = request.header("x-real-ip");
  if (settings.proxy_secret.empty() || secret == nullptr || address == nullptr) return {};
  return same_secret(*secret, settings.proxy_secret) && address->size() <= 64 ? *address : std::string();
}

// The headers of every response; a 304 says nothing of a body.
void carry_always(Response& response) {
  response.set("vary", "Authorization, Origin");
  if (response.status != 304) response.set("x-content-type-options", "nosniff");
  if (find_header(response.headers, "cache-control") == nullptr) response.set("cache-control", "private, no-store");
}

bool is_read(Method method) { return method == Method::kGet || method == Method::kHead; }

// A request that may be sent an answer as it lies in memory; no other one is looked up by remembered().
bool is_plain(Method method, std::string_view allowed_origin) { return method == Method::kGet && allowed_origin.empty(); }

// A request whose answer is the same for everybody, and from whichever position.
template <typename Headers>
bool is_for_anybody(const Headers& headers) {
  return find_header(headers, "authorization") == nullptr && find_header(headers, "freshet-min-position") == nullptr;
}

}  // namespace

Response App::answer(Request& request, BodySource& body) {
  const std::string_view origin = allowed_origin(parts_.settings, request.headers);
  Response response;
  if (request.target.size() > limits::kUrlBytes) {
    response = problem(Error{Errc::kUriTooLong, "an address has at most " + std::to_string(limits::kUrlBytes) + " bytes"});
  } else if (wire_bytes(request.headers) > limits::kHeadersBytes) {
    response =
        problem(Error{Errc::kHeadersTooLarge, "all headers together have at most " + std::to_string(limits::kHeadersBytes) + " bytes"});
  } else if (const auto* entry =
                 is_plain(request.method, origin) ? nullptr : find_remembered(request.method, request.target, request.headers)) {
    response = (has_already(request.headers, entry->etag) ? entry->unchanged : entry->full).response;
  } else {
    response = route(request, body);
    carry_always(response);
  }
  let_origin_read(response, origin);
  if (request.method == Method::kHead && response.status != 304) {  // a 304 says already what it stands for
    response.stands_for = response.body.size();
    response.body.clear();
  }
  return response;
}

Repeated* App::remembered(const RequestHead& request) {
  if (!is_plain(request.method, allowed_origin(parts_.settings, request.headers))) return nullptr;
  if (wire_bytes(request.headers) > limits::kHeadersBytes) return nullptr;
  AnswerCache::Entry* entry = find_remembered(request.method, request.target, request.headers);
  if (entry == nullptr) return nullptr;
  return has_already(request.headers, entry->etag) ? &entry->unchanged : &entry->full;
}

template <typename Headers>
AnswerCache::Entry* App::find_remembered(Method method, std::string_view target, const Headers& headers) {
  if (!is_read(method) || !is_for_anybody(headers) || !parts_.freshness.current()) return nullptr;
  parts_.cache.follow(parts_.freshness.generation());
  return parts_.cache.find(target);
}

void App::remember(const Request& request, Answer answer) {
  Response full = read_response(Request{}, parts_.settings, Audience::kPublic, std::move(answer));
  carry_always(full);
  parts_.cache.follow(parts_.freshness.generation());
  parts_.cache.keep(request.target, std::move(full));
}

Response App::route(Request& request, BodySource& body) {
  if (const auto parsed = parse_target(request); !parsed.ok()) return problem(parsed.error());
  Match match = router_.match(request.method, request.segments);
  if (match.allow.empty()) return problem(Error{Errc::kNotFound, "there is nothing at this address"});
  if (request.method == Method::kOptions) return options_response(match.allow, allowed_origin(parts_.settings, request.headers));
  if (match.route == nullptr) {
    Response response = problem(Error{Errc::kMethodNotAllowed, "this address takes " + match.allow});
    response.set("allow", std::move(match.allow));
    return response;
  }
  request.parameters = std::move(match.parameters);
  auto result = run(*match.route, request, body);
  return result.ok() ? std::move(*result) : problem(result.error());
}

Result<Response> App::run(const Route& route, Request& request, BodySource& body) {
  Context context{parts_.clock, parts_.random, parts_.settings, parts_.log, parts_.store, parts_.bus, parts_.keys, parts_.counters};
  context.traceparent = traceparent_of(request);
  context.client_address = client_address(parts_.settings, request);
  FRESHET_TRY_VOID(admit(route, request, context));
  if (route.body_bytes_max > 0) {
    const Error not_json{Errc::kUnsupportedMediaType, "expected a body of type application/json in UTF-8"};
    const std::string* type = request.header("content-type");
    if (type != nullptr && !is_json_type(*type)) return not_json;
    FRESHET_TRY(bytes, body.read(route.body_bytes_max));
    if (type == nullptr && !bytes.empty()) return not_json;
    request.body = std::move(bytes);
  }
  context.may_remember = is_read(request.method) && is_for_anybody(request.headers) && parts_.cache.asked_before(request.target);
  auto response = route.handler(request, context);
  if (context.remember) remember(request, std::move(*context.remember));
  return response;
}

Result<void> App::admit(const Route& route, const Request& request, Context& context) const {
  if (route.access == Access::kAnyone) return {};
  const std::string* authorization = request.header("authorization");
  if (authorization == nullptr) {
    if (route.access == Access::kPublic) return {};
    return Error{Errc::kUnauthenticated, "this call needs a token: Authorization: Bearer <token>"};
  }
  FRESHET_TRY(principal, parts_.gate.admit(*authorization));
  context.principal = std::move(principal);
  if (route.access == Access::kStaff && !context.principal->is_staff) return Error{Errc::kForbidden, "this call is for staff"};
  return {};
}

}  // namespace freshet::api
