// Tokens: login, refresh, verify, logout, stream tickets (CONTRACT 2).
//
// Cookie    a login and a refresh set `__Host-freshet` (the access token; Secure, HttpOnly, SameSite=Lax), a logout clears it. Streams and
//           attachments read it, REST does not, so a foreign page's form can do nothing with it. On plain http a browser keeps it for localhost only.
// Bounds    a login that fails counts (login_attempt.hpp)
#pragma once

#include <vector>

#include "functions/api/router.hpp"

namespace freshet::api {

[[nodiscard]] std::vector<Route> token_routes();

[[nodiscard]] Result<Response> login(Request& request, Context& context);
[[nodiscard]] Result<Response> refresh_token(Request& request, Context& context);
[[nodiscard]] Result<Response> verify_token(Request& request, Context& context);
[[nodiscard]] Result<Response> blacklist_token(Request& request, Context& context);
[[nodiscard]] Result<Response> stream_ticket(Request& request, Context& context);

}  // namespace freshet::api
