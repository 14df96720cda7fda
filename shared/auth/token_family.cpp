#include "shared/auth/token_family.hpp"

#include "shared/json.hpp"

namespace freshet {

std::string encode_token_family(const TokenFamily& family) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("user", family.user).field("jti", family.jti).field("access_jti", family.access_jti);
  writer.field("previous_jti", family.previous_jti).field("rotated_at", format_time(family.rotated_at));
  writer.field("idempotency_key", family.idempotency_key).key("revoked").boolean(family.revoked).end_object();
  return out;
}

Result<TokenFamily> decode_token_family(std::string_view payload) {
  FRESHET_TRY(state, parse_json_object(payload));
  const auto rotated_at = parse_time(json_text_or(state, "rotated_at", ""));
  TokenFamily family{json_text_or(state, "user", ""),         json_text_or(state, "jti", ""), json_text_or(state, "access_jti", ""),
                     json_text_or(state, "previous_jti", ""), {},                             json_text_or(state, "idempotency_key", ""),
                     json_true(state, "revoked")};
  if (family.user.empty() || family.jti.empty() || !rotated_at) {
    return Error{Errc::kInvalidArgument, "a token family's state has a user, a jti and rotated_at"};
  }
  family.rotated_at = *rotated_at;
  return family;
}

Result<void> check_standing(const Claims& claims, const User& user) {
  if (user.id != claims.subject || !user.active) return Error{Errc::kUnauthenticated, "token refused: its account is closed"};
  if (claims.issued_at < user.tokens_valid_from) return Error{Errc::kUnauthenticated, "token refused: its account was changed since it was issued"};
  return {};
}

Result<void> check_standing(const Claims& claims, const TokenFamily& family, const User& user) {
  if (family.revoked || family.user != claims.subject) return Error{Errc::kUnauthenticated, "token refused: it was revoked"};
  return check_standing(claims, user);
}

}  // namespace freshet
