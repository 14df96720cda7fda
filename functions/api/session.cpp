#include "functions/api/session.hpp"

#include <algorithm>
#include <vector>

#include "functions/api/retry.hpp"
#include "functions/api/token_keys.hpp"
#include "shared/auth/token_family.hpp"
#include "shared/event.hpp"
#include "shared/id.hpp"
#include "shared/subject.hpp"

namespace freshet::api {
namespace {

Error refused(const char* why) { return Error{Errc::kUnauthenticated, std::string("token refused: ") + why}; }

Append family_append(Context& context, std::string_view id, const TokenFamily& family, Change change, StreamSequence expected) {
  Event event = make_event("token", change, context.clock.wall(), context.random);
  event.traceparent = context.traceparent;
  return Append{token_subject(id), event_headers(event), encode_token_family(family), expected, kFamilyTtl};
}

// A key as the log keeps it: short, and not the client's own text.
std::string digest_of(std::string_view key) {
  return key.empty() ? std::string() : subject_token("refresh " + std::string(64, '-') + std::string(key));
}

// The account's tokens count from its last change on. A clock that is behind the one that made the change must not lock anybody out.
WallTime issue_time(const Context& context, const User& user) { return std::max(context.clock.wall(), user.tokens_valid_from); }

Pair pair_of(const Context& context, std::string_view family_id, const TokenFamily& family, bool is_staff) {
  const auto sign = [&](TokenKind kind, const std::string& jti) {
    Claims claims;
    claims.subject = family.user;
    claims.id = jti;
    claims.family = family_id;
    claims.kind = kind;
    claims.is_staff = is_staff;
    claims.issued_at = family.rotated_at;
    claims.expires_at = std::chrono::floor<std::chrono::seconds>(family.rotated_at) + lifetime_of(kind);
    return context.keys.sign(claims);
  };
  return Pair{sign(TokenKind::kAccess, family.access_jti), sign(TokenKind::kRefresh, family.jti)};
}

struct Opened {
  TokenFamily family;
  StreamSequence sequence{};
  User user;
};

Result<Opened> read_session(Context& context, const Claims& claims) {
  const std::vector<std::string> subjects{token_subject(claims.family), user_subject(claims.subject)};
  FRESHET_TRY(logged, context.log.read_all(subjects));
  if (logged[0].free() || logged[1].free()) return refused("it was revoked");
  FRESHET_TRY(family, decode_token_family(logged[0].payload));
  FRESHET_TRY(user, decode_user(logged[1].payload));
  FRESHET_TRY_VOID(check_standing(claims, family, user));
  return Opened{std::move(family), logged[0].sequence, std::move(user)};
}

Result<Pair> rotate_once(Context& context, const Claims& claims, const std::string& key) {
  FRESHET_TRY(opened, read_session(context, claims));
  TokenFamily& family = opened.family;
  const WallTime now = issue_time(context, opened.user);
  if (claims.id != family.jti) {
    const bool repeat =
        claims.id == family.previous_jti && !key.empty() && key == family.idempotency_key && now - family.rotated_at <= kRepeatWithin;
    if (repeat) return pair_of(context, claims.family, family, opened.user.is_staff);
    family.revoked = true;
    FRESHET_TRY_VOID(context.log.append(family_append(context, claims.family, family, Change::kDeleted, opened.sequence)));
    return refused("it was used before; every token of this login is revoked");
  }
  family.previous_jti = family.jti;
  family.jti = make_id(now, context.random);
  family.access_jti = make_id(now, context.random);
  family.rotated_at = now;
  family.idempotency_key = key;
  FRESHET_TRY_VOID(context.log.append(family_append(context, claims.family, family, Change::kUpdated, opened.sequence)));
  return pair_of(context, claims.family, family, opened.user.is_staff);
}

Result<StreamSequence> end_once(Context& context, const Claims& claims) {
  FRESHET_TRY(opened, read_session(context, claims));
  opened.family.revoked = true;
  return context.log.append(family_append(context, claims.family, opened.family, Change::kDeleted, opened.sequence));
}

}  // namespace

Result<Pair> open_session(Context& context, const User& user) {
  const WallTime now = issue_time(context, user);
  const std::string id = make_id(now, context.random);
  TokenFamily family;
  family.user = user.id;
  family.jti = make_id(now, context.random);
  family.access_jti = make_id(now, context.random);
  family.rotated_at = now;
  FRESHET_TRY_VOID(context.log.append(family_append(context, id, family, Change::kCreated, StreamSequence{0})));
  return pair_of(context, id, family, user.is_staff);
}

Result<Pair> rotate_session(Context& context, std::string_view refresh, std::string_view key) {
  FRESHET_TRY(claims, context.keys.verifier().verify(refresh, TokenKind::kRefresh, context.clock.wall()));
  const std::string digest = digest_of(key);
  return with_retries<Pair>([&] { return rotate_once(context, claims, digest); });
}

Result<void> end_session(Context& context, std::string_view refresh) {
  FRESHET_TRY(claims, context.keys.verifier().verify(refresh, TokenKind::kRefresh, context.clock.wall()));
  FRESHET_TRY_VOID(with_retries<StreamSequence>([&] { return end_once(context, claims); }));
  return {};
}

}  // namespace freshet::api
