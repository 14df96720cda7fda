#include "functions/api/tokens.hpp"

#include "functions/api/account.hpp"
#include "functions/api/authentication.hpp"
#include "functions/api/login_attempt.hpp"
#include "functions/api/session.hpp"
#include "functions/api/token_keys.hpp"
#include "shared/auth/password.hpp"
#include "shared/json.hpp"
#include "shared/limits.hpp"
#include "shared/unicode.hpp"

namespace freshet::api {
namespace {

std::string cookie(std::string_view value, std::chrono::seconds lifetime) {
  return "__Host-freshet=" + std::string(value) + "; Path=/; Max-Age=" + std::to_string(lifetime.count()) +
         "; Secure; HttpOnly; SameSite=Lax";
}

Response pair_response(const Pair& pair) {
  std::string body;
  JsonWriter(body).begin_object().field("access", pair.access).field("refresh", pair.refresh).end_object();
  Response response = json_response(200, std::move(body));
  response.set("set-cookie", cookie(pair.access, kAccessLifetime));
  return response;
}

// The one member of a body that is a token.
Result<std::string> token_in(const Request& request, std::string_view name) {
  FRESHET_TRY(object, parse_json_object(request.body));
  Fields fields(object);
  auto token = fields.text_bytes(name, Presence::kRequired, limits::kTokenBytes);
  FRESHET_TRY_VOID(fields.finish());
  return std::move(*token);
}

// A hash made with yesterday's figures is replaced while the password is at hand. Somebody else changing the account meanwhile wins.
void rehash(Context& context, const Account& account, std::string_view password) {
  auto hash = hash_password(password);
  if (!hash.ok()) return;
  User user = account.user;
  user.password = std::move(*hash);
  static_cast<void>(context.log.append(user_append(context, user, Change::kUpdated, account.sequence)));
}

Result<void> verify_any(const Context& context, std::string_view token) {
  const WallTime now = context.clock.wall();
  auto claims = context.keys.verifier().verify(token, TokenKind::kAccess, now);
  if (!claims.ok()) claims = context.keys.verifier().verify(token, TokenKind::kRefresh, now);
  if (!claims.ok()) return std::move(claims).error();
  FRESHET_TRY_VOID(read_standing(context.log, *claims));
  return {};
}

}  // namespace

std::vector<Route> token_routes() {
  return {
      {Method::kPost, "/api/token/", Access::kAnyone, login, limits::kJsonBodyBytes},
      {Method::kPost, "/api/token/refresh/", Access::kAnyone, refresh_token, limits::kJsonBodyBytes},
      {Method::kPost, "/api/token/verify/", Access::kAnyone, verify_token, limits::kJsonBodyBytes},
      {Method::kPost, "/api/token/blacklist/", Access::kAnyone, blacklist_token, limits::kJsonBodyBytes},
      {Method::kPost, "/api/stream-ticket/", Access::kUser, stream_ticket, limits::kJsonBodyBytes},
  };
}

Result<Response> login(Request& request, Context& context) {
  FRESHET_TRY(object, parse_json_object(request.body));
  Fields fields(object);
  const auto username = fields.text("username", Presence::kRequired, limits::kUsernameCodePoints);
  const auto password = fields.text("password", Presence::kRequired, limits::kPasswordCodePoints);
  FRESHET_TRY_VOID(fields.finish());
  FRESHET_TRY(attempt, LoginAttempt::begin(context, fold(*username)));
  FRESHET_TRY(account, find_account_by_name(context, *username));
  const PasswordCheck check = account ? check_password(*password, account->user.password) : check_password_of_nobody(*password);
  if (check == PasswordCheck::kWrong || !account->user.active) {
    return Error{Errc::kUnauthenticated, "no active account has this name and password"};
  }
  attempt.succeeded(context);
  if (needs_rehash(account->user.password)) rehash(context, *account, *password);
  FRESHET_TRY(pair, open_session(context, account->user));
  return pair_response(pair);
}

Result<Response> refresh_token(Request& request, Context& context) {
  FRESHET_TRY(refresh, token_in(request, "refresh"));
  const std::string* key = request.header("idempotency-key");
  FRESHET_TRY(pair, rotate_session(context, refresh, key != nullptr ? trim(*key) : std::string_view()));
  return pair_response(pair);
}

Result<Response> verify_token(Request& request, Context& context) {
  FRESHET_TRY(token, token_in(request, "token"));
  FRESHET_TRY_VOID(verify_any(context, token));
  return json_response(200, "{}");
}

Result<Response> blacklist_token(Request& request, Context& context) {
  FRESHET_TRY(refresh, token_in(request, "refresh"));
  FRESHET_TRY_VOID(end_session(context, refresh));
  Response response = json_response(200, "{}");
  response.set("set-cookie", cookie("", std::chrono::seconds(0)));
  return response;
}

Result<Response> stream_ticket(Request&, Context& context) {
  const Principal& who = *context.principal;
  const Claims claims = make_claims(TokenKind::kTicket, who.id, who.family, who.is_staff, context.clock.wall(), context.random);
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().field("ticket", context.keys.sign(claims)).key("expires_in").number(kTicketLifetime.count()).end_object();
  return json_response(200, std::move(body));
}

}  // namespace freshet::api
