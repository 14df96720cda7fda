#include "broker/server/authenticator.hpp"

namespace freshet::broker {
namespace {

constexpr std::string_view kCookie = "__Host-freshet";

// The token of an Authorization header; empty for another scheme.
std::string_view token_of_header(std::string_view header) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos) return {};
  const auto scheme = header.substr(0, space);
  return ascii_iequals(scheme, "bearer") || ascii_iequals(scheme, "token") ? trim(header.substr(space + 1)) : std::string_view();
}

// RFC 6265 4.2.1
std::string_view cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = header.find(';');
    const auto pair = trim(header.substr(0, end));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
  }
  return {};
}

// Users of another system cannot take the places of ours. A ticket got with a token of theirs has no family.
std::string key_of(const Claims& claims) { return (claims.family.empty() ? "foreign:" : "own:") + claims.subject; }

}  // namespace

Result<TokenVerifier> Authenticator::make_verifier(const Settings& settings) {
  std::vector<VerifyKey> keys;
  for (const std::string& text : settings.jwt_public_keys) {
    FRESHET_TRY(key, parse_verify_key(text));
    keys.push_back(std::move(key));
  }
  if (keys.size() > TokenVerifier::kKeysMax) return Error{Errc::kInvalidArgument, "FRESHET_JWT_PUBLIC_KEYS lists too many keys"};
  std::optional<ForeignIssuer> foreign;
  if (!settings.hs256_secret.empty()) {
    foreign = ForeignIssuer{settings.hs256_secret, settings.hs256_issuer, settings.hs256_audience, false};
  }
  return TokenVerifier(settings.jwt_issuer, std::move(keys), std::move(foreign));
}

Result<std::optional<Holder>> Authenticator::identify(const Request& request) {
  Result<Holder> holder = Holder{};
  if (const auto header = request.header("Authorization"); !header.empty()) {
    holder = by_token(token_of_header(header));
  } else if (const auto ticket = query_value(request.query, "ticket"); !ticket.empty()) {
    holder = by_ticket(ticket);
  } else if (const auto token = query_value(request.query, "token"); !token.empty()) {
    holder = by_token(token);
  } else if (const auto cookie = cookie_value(request.header("Cookie"), kCookie); !cookie.empty()) {
    holder = by_token(cookie);
  } else {
    return std::optional<Holder>();
  }
  FRESHET_TRY(valid, unless_revoked(std::move(holder)));
  return std::optional<Holder>(std::move(valid));
}

Result<Holder> Authenticator::identify_token(std::string_view token) const { return unless_revoked(by_token(token)); }

Result<Holder> Authenticator::unless_revoked(Result<Holder> holder) const {
  if (holder.ok() && standing_.refuses(*holder)) return Error{Errc::kUnauthenticated, "token refused: it was revoked"};
  return holder;
}

Result<Holder> Authenticator::by_token(std::string_view token) const {
  FRESHET_TRY(claims, verifier_.verify(token, TokenKind::kAccess, clock_.wall()));
  return Holder{key_of(claims), claims.subject, claims.family, claims.issued_at, claims.expires_at, claims.is_staff};
}

Result<Holder> Authenticator::by_ticket(std::string_view ticket) {
  const WallTime now = clock_.wall();
  FRESHET_TRY(claims, verifier_.verify(ticket, TokenKind::kTicket, now));
  const std::lock_guard lock(mutex_);
  std::erase_if(spent_, [&](const auto& one) { return one.second < now; });
  if (!spent_.emplace(claims.id, claims.expires_at).second) return Error{Errc::kUnauthenticated, "the ticket was used before"};
  return Holder{key_of(claims), claims.subject, claims.family, claims.issued_at, claims.issued_at + kAccessLifetime, claims.is_staff};
}

}  // namespace freshet::broker
