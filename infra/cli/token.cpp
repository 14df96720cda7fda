// freshet token: an access token for an account, made here with the site's key; for scripts and for trying things.
#include "infra/cli/command.hpp"
#include "shared/auth/jwt.hpp"
#include "shared/auth/token_family.hpp"
#include "shared/domain/user.hpp"
#include "shared/event.hpp"
#include "shared/id.hpp"
#include "shared/subject.hpp"
#include "shared/unicode.hpp"

namespace freshet::cli {
namespace {

Result<User> find_user(nats::JetStream& log, const std::string& username) {
  const Error unknown{Errc::kNotFound, "there is no account " + username};
  FRESHET_TRY(claim, log.last(kLogStream, username_subject(fold(username))));
  if (!claim || claim->payload.empty()) return unknown;
  FRESHET_TRY(json, parse_json_object(claim->payload));
  FRESHET_TRY(stored, log.last(kLogStream, user_subject(json_text_or(json, "id", ""))));
  if (!stored || stored->payload.empty()) return unknown;
  return decode_user(stored->payload);
}

// The family that the token belongs to, so that it can be revoked as every other; it has no refresh token.
Result<void> append_family(Program& program, nats::JetStream& log, const Claims& claims, std::chrono::seconds lifetime) {
  TokenFamily family;
  family.user = claims.subject;
  family.jti = make_id(claims.issued_at, program.random());
  family.access_jti = claims.id;
  family.rotated_at = claims.issued_at;
  nats::Append append;
  append.subject = token_subject(claims.family);
  append.headers = event_headers(make_event("token", Change::kCreated, program.clock().wall(), program.random()));
  append.payload = encode_token_family(family);
  append.expected = StreamSequence{0};
  append.ttl = lifetime + kClockSkew;
  FRESHET_TRY(ack, log.append(append));
  static_cast<void>(ack);
  return {};
}

Result<void> run(Program& program) {
  const std::string username = program.text("user", "");
  if (username.empty()) return Error{Errc::kInvalidArgument, "--user names the account"};
  FRESHET_TRY(lifetime, program.duration("ttl", kAccessLifetime));
  if (lifetime.count() == 0) return Error{Errc::kInvalidArgument, "--ttl is at least 1s"};
  FRESHET_TRY(seed, Program::setting("FRESHET_JWT_KEY"));
  if (!seed) return Error{Errc::kInvalidArgument, "FRESHET_JWT_KEY (or FRESHET_JWT_KEY_FILE) is the key of the site that tokens are signed with"};
  FRESHET_TRY(key, SigningKey::parse(*seed));
  FRESHET_TRY(issuer, Program::setting("FRESHET_JWT_ISSUER"));
  FRESHET_TRY(log, program.log());
  FRESHET_TRY(user, find_user(*log, username));
  if (!user.active) return Error{Errc::kForbidden, "the account " + username + " is not active"};
  // A clock that is behind the one that changed the account must not make a token that is refused at once.
  const WallTime now = std::max(program.clock().wall(), user.tokens_valid_from);
  Claims claims = make_claims(TokenKind::kAccess, user.id, make_id(now, program.random()), user.is_staff, now, program.random());
  claims.expires_at = std::chrono::floor<std::chrono::seconds>(now) + lifetime;
  FRESHET_TRY_VOID(append_family(program, *log, claims, lifetime));
  const std::string token = sign_token(claims, issuer.value_or("freshet"), key);
  std::string line = token;
  if (program.json()) {
    line.clear();
    JsonWriter(line).begin_object().field("access", token).field("expires_at", format_time(claims.expires_at)).end_object();
  }
  say(line);
  return {};
}

constexpr Option kOptions[] = {
    {"user", Takes::kValue, "NAME", "username of the account"},
    {"ttl", Takes::kValue, "DURATION", "how long the token is valid (60m)"},
};

}  // namespace

const Command kToken{"token", "make an access token for an account (needs FRESHET_JWT_KEY)", "", kOptions, run};

}  // namespace freshet::cli
