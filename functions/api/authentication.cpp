#include "functions/api/authentication.hpp"

#include <sodium.h>

#include <algorithm>
#include <vector>

#include "shared/auth/token_family.hpp"
#include "shared/domain/user.hpp"
#include "shared/id.hpp"
#include "shared/subject.hpp"
#include "shared/text.hpp"

namespace freshet::api {
namespace {

std::string digest_of(std::string_view token) {
  std::string out(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<std::uint8_t*>(out.data()), out.size(), reinterpret_cast<const std::uint8_t*>(token.data()),
                     token.size(), nullptr, 0);
  return out;
}

Error refused(const char* why) { return Error{Errc::kUnauthenticated, std::string("token refused: ") + why}; }

Principal principal_of(const Claims& claims, const User& user, StreamSequence sequence) {
  return Principal{user.id, user.username, user.name, claims.family, user.is_staff && claims.is_staff, sequence};
}

// Somebody of another system. If his id is that of one of our users, he is that user, as far as the account lets him be.
Result<Principal> foreign_standing(Log& log, const Claims& claims) {
  const Principal stranger{claims.subject, claims.subject, {}, {}, claims.is_staff, {}};
  if (!is_id(claims.subject)) return stranger;
  FRESHET_TRY(logged, log.read(user_subject(claims.subject)));
  if (logged.free()) return stranger;
  FRESHET_TRY(user, decode_user(logged.payload));
  FRESHET_TRY_VOID(check_standing(claims, user));
  return principal_of(claims, user, logged.sequence);
}

}  // namespace

std::optional<std::string_view> token_of(std::string_view authorization) {
  authorization = trim(authorization);
  const std::size_t space = authorization.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = authorization.substr(0, space);
  if (!ascii_iequals(scheme, "bearer") && !ascii_iequals(scheme, "token")) return std::nullopt;
  return trim(authorization.substr(space + 1));
}

Result<Principal> read_standing(Log& log, const Claims& claims) {
  if (claims.origin == Origin::kForeign) return foreign_standing(log, claims);
  const std::vector<std::string> subjects{token_subject(claims.family), user_subject(claims.subject)};
  FRESHET_TRY(logged, log.read_all(subjects));
  if (logged[0].free()) return refused("it was revoked");
  if (logged[1].free()) return refused("its account is gone");
  FRESHET_TRY(family, decode_token_family(logged[0].payload));
  FRESHET_TRY(user, decode_user(logged[1].payload));
  FRESHET_TRY_VOID(check_standing(claims, family, user));
  return principal_of(claims, user, logged[1].sequence);
}

Result<Principal> TokenGate::admit(std::string_view authorization) {
  const auto token = token_of(authorization);
  if (!token || token->empty()) return refused("expected Authorization: Bearer <token>");
  const std::string digest = digest_of(*token);
  const bool current = freshness_.current();  // handles what has arrived, so first
  follow_connection();
  FRESHET_TRY(claims, verified(*token, digest));
  if (const auto known = remembered_.find(digest); current && known != remembered_.end() && known->second.principal)
    return *known->second.principal;
  FRESHET_TRY(principal, standing(claims));
  follow_connection();  // the read may have opened another one
  if (const auto known = remembered_.find(digest); known != remembered_.end() && settled(claims)) known->second.principal = principal;
  return principal;
}

Result<Claims> TokenGate::verified(std::string_view token, const std::string& digest) {
  if (const auto known = remembered_.find(digest); known != remembered_.end()) {
    if (clock_.wall() < known->second.claims.expires_at) return known->second.claims;
    remembered_.erase(known);
    return refused("it has expired");
  }
  FRESHET_TRY(claims, keys_.verifier().verify(token, TokenKind::kAccess, clock_.wall()));
  make_room();
  remembered_.emplace(digest, Remembered{claims, std::nullopt});
  return claims;
}

Result<Principal> TokenGate::standing(const Claims& claims) { return read_standing(log_, claims); }

bool TokenGate::settled(const Claims& claims) {
  const SteadyTime now = clock_.steady();
  return std::none_of(unsettled_until_.begin(), unsettled_until_.end(),
                      [&](const auto& one) { return now < one.second && (one.first == claims.family || one.first == claims.subject); });
}

void TokenGate::invalidate(std::string_view subject) {
  constexpr std::string_view kInvalidate = "live.invalidate.";
  const bool from_log = subject.starts_with("log.");
  if (!from_log && !subject.starts_with(kInvalidate)) return;
  const std::string log_name = from_log ? std::string(subject) : "log." + std::string(subject.substr(kInvalidate.size()));
  const LogSubject named = parse_log_subject(log_name);
  if (named.kind != EntityKind::kToken && named.kind != EntityKind::kUser) return;
  for (auto& [digest, one] : remembered_) {
    if (named.id == "all" || one.claims.family == named.id || one.claims.subject == named.id) one.principal.reset();
  }
  if (!from_log) return;
  const SteadyTime now = clock_.steady();
  std::erase_if(unsettled_until_, [&](const auto& one) { return one.second <= now; });
  unsettled_until_.insert_or_assign(std::string(named.id), now + kUnsettled);
}

void TokenGate::follow_connection() {
  if (generation_ == freshness_.generation()) return;
  generation_ = freshness_.generation();
  for (auto& [digest, one] : remembered_) one.principal.reset();
}

void TokenGate::make_room() {
  if (remembered_.size() < kRememberedMax) return;
  const WallTime now = clock_.wall();
  std::erase_if(remembered_, [&](const auto& one) { return one.second.claims.expires_at <= now; });
  if (remembered_.size() >= kRememberedMax) remembered_.clear();
}

}  // namespace freshet::api
